"""What a month's figures mean: pure functions from frames to frames, and from frames to findings.

Frames in: `metrics`, `scores`, `posts` as in `cityreach.tables` (several editions may stand in metrics and scores), the
registry's `cities`, `accounts` and `platforms`, and the frames of `cityreach.index`. Nothing is read from disk but by
`rules.load` and `lexicon.load`. `node` is a path such as "composite" or "facebook". Null means "not known" and is never
a zero. Frames have a plain index and a total order, so two runs print the same table; an empty frame of the same
columns stands for "nothing to say". Columns are described in each function's docstring. In this order:

    thresholds = rules.load()                      # data/insight/rules.yml: every threshold
    words = lexicon.load()                         # data/themes/*.yml
    posts = levels.enrich(posts, history, registry.platforms, rules=thresholds.levels)
                                                   # history: posts of up to thresholds.levels.editions earlier editions
    themes = lexicon.classify(posts, words)        # platform, post_id, theme, place, strength

Frame functions (module.function -> columns = the file it is exported to: key of its rows):

    totals.totals(metrics, edition, previous, *, comparable) -> key, value, previous, change
        = totals: key
    totals.concentration(metrics, edition) -> measure, gini, first_ten, cities
        = concentration: measure
    ranking.of_node, ranking.top(scores, edition, node, n) -> city_id, rank, score, tied
        = ranking: city_id (<node>_rank)
    ranking.gaps(scores, edition, node, n) -> kind, city_id, other_id, place, gap; with_gaps_before adds gap_before
        = gaps: node|kind
    ranking.movers(movements, n) -> kind, city_id, rank, rank_before, change
        = movements: node|city_id
    ranking.streak(scores, editions, node) -> city_id, editions, since
        = streaks: node|city_id
    profiles.platform_profile(scores, edition, platforms, n) -> city_id, platform, score, rank,
        standing, best, weakest, in_top, leads
        = profiles: city_id|platform
    profiles.platform_shape(profile, *, rules) -> city_id, platforms, best, weakest, spread, in_tops, leads, shape
        = shapes: city_id
    cases.case_posts(posts, themes, accounts, *, rules) -> cases.COLUMNS
        = case_posts: platform|post_id
    themes.theme_table(posts, themes, *, by_platform) -> platform, theme, posts, posts_share, interactions,
        interactions_share, pull, basis, cities
        = themes: platform|theme
    themes.city_themes(posts, themes) -> city_id, theme, posts, interactions, share
    themes.drivers(posts, themes, before, before_themes) -> city_id, theme, share, share_before, change, interactions,
        interactions_before, growth, platform, post_id
        = drivers: city_id|theme
    themes.city_labels(posts, themes, *, rules) -> city_id, theme, posts, city_posts, share, panel_share, log_odds, z,
        label
        = labels: city_id|theme
    staying.burst(posts, *, least_posts) -> city_id, posts, interactions, peak_share, top_share
    staying.staying(posts, scores, editions, node, *, rules) -> staying.COLUMNS
        = staying: city_id
    formats.format_lift(posts, *, by, rules) -> formats.COLUMNS
        = formats or languages: platform|value
    formats.times(posts, zones, *, rules) -> platform, zone, and formats.COLUMNS after it
        = times: platform|zone|value
    formats.tags(posts, *, rules, formats) -> formats.TAGS
        = tags: platform|value
    suspicion.doubtful(posts, odd, *, rules) -> suspicion.COLUMNS
        = doubtful: platform|post_id
    themes.steady_labels(now, earlier, *, rules) -> columns of `city_labels`, months, of
    changes.with_certainty(movements, gained) and changes.own_history(scores, editions, node, *, rules)
        -> changes.MOVED, changes.OWN
        = changes, year_on_year: node|city_id
    totals.common(metrics, edition, other) -> totals.COMMON
        = common_totals: against|key
    runs.runs(scores, editions, node, *, top) -> runs.RUNS
        = runs: node|city_id
    presence.presence(metrics, editions) -> presence.COLUMNS
        = presence: kind|platform|city_id
    spread.spreads(scores, editions, node), spread.convergence(table, *, least) -> spread.SPREADS, spread.SLOPES
        = spreads: edition; convergence: measure
    regions.region_table(scores, cities, edition, *, by, node) -> by, key, cities, mean_score, best_city, best_rank,
        top10, top30
        = regions: by|key
    regions.squad(scores, cities, edition, province_zh, node) -> city_id, rank, score, tied
    regions.tiers(scores, edition, node, *, cuts) -> tier, city_id, rank, score
    coverage.coverage(metrics, posts, accounts, edition) -> platform, expected, seen, share, posts, measured, silent,
        no_account, missing
        = coverage: platform

Frames of the index that findings point at: movements (node|city_id), contributions (city_id|node), intervals (city_id).

Findings: `findings_places`, `findings_changes`, `findings_panel`, `findings_content` and `findings_habits` hold one
function for each frame above (`findings_top`, `findings_totals`, `findings_cases` ...); the docstring of each module
lists its kinds with their words and figures. `advice.advise(findings, *, rules=thresholds.advice)` adds kind
`advice.<rule>`, whose words name the findings they stand on (`basis`). `make.ORDER_KINDS` are the kinds that imply an
order among cities: an unordered edition leaves them out.
"""
