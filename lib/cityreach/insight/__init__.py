"""What a month's figures mean: pure functions from frames to frames, and from frames to findings.

Frames in: `metrics`, `scores`, `posts` as in `cityreach.tables` (several editions may stand in metrics and scores), the
registry's `cities`, `accounts` and `platforms`, and the frames of `cityreach.index` (movements, contributions,
intervals). Nothing is read from disk except by `rules.load` and `lexicon.load`. `node` is a path such as "composite" or
"facebook"; `key` columns are unique; null means "not known" and is never a zero. All frames have a plain RangeIndex and a
total order, so two runs print the same table. An empty frame of the same columns stands for "nothing to say".

Order of work (all post functions take the frame that `levels.enrich` returns, and the labels of `themes.classify`):

    words = lexicon.load()                                    # data/themes/*.yml
    rules_ = rules.load()                                     # data/insight/rules.yml: every threshold
    posts = levels.enrich(posts, history, registry.platforms, rules=rules_.levels)
    themes = lexicon.classify(posts, words)

levels
  enrich(posts, history, platforms, *, rules) -> posts, and day (Beijing, datetime64), interactions (Float64; null where
      the platform publishes none of its parts), usual (median interactions of the account's other posts, ln scale;
      null below `rules.least_posts`), basis (how many other posts), lift (interactions / usual; null as usual).
      `history` = posts of earlier editions (at most `rules.editions` of them), or None.
  platform_interactions(posts, platforms) -> Series Float64.

lexicon
  load(folder=None) -> list[Lexicon]; a broken file is a SpecError.
  classify(posts, words) -> platform, post_id, theme, place (1 = main theme, at most 3), strength. Every post has at
      least one row; `other` where no theme fits.   label_texts(texts, words) -> list[list[str]] (without `other`).

totals
  totals(metrics, edition, previous=None, *, comparable=True) -> key (cities, accounts, posts, interactions, views,
      followers), value, previous, change (relative; null where not comparable, unknown or previous is 0).
      accounts: those of cities x platforms that published; views, followers: null where no platform gives any.
  concentration(metrics, edition) -> measure (posts, interactions, followers, views), gini (0..1), first_ten (share),
      cities (how many count). All panel cities count, those without figures as 0.

ranking
  top(scores, edition, node, n=10) -> place, city_id, score, tied; ties at the last place stay in.
  gaps(scores, edition, node, n=10) -> kind (lead, closest), city_id, other_id, place, gap (score points). `closest` is the
      smallest gap above 0 between neighbours in the first n.
  movers(movements, node, n=10) -> kind (riser, faller, top_riser, top_faller, entry, return, exit), city_id, rank,
      rank_before, change (+ = places gained). riser, faller: the largest of the panel (one row each, more when tied);
      top_*: the same within the first n; entry: in the first n, before outside; return: was in the first n in an
      earlier edition but not in the last (see `seen`); exit: was inside, is outside or without place.
      `movements` = `index.compare.movements`; `seen` = frame of `history_top`.
  history_top(scores, editions, node, n=10) -> edition, city_id, rank (places of all cities that stood in the first n once).
  streak(scores, editions, node) -> city_id, editions (consecutive editions at place 1 up to the last of `editions`),
      since (edition id). `editions` oldest first; empty where the last has no place 1.

profiles
  platform_profile(scores, edition, platforms, n=10) -> city_id, platform, score, rank, standing (0..1: share of ranked
      cities that stand behind), best (bool), weakest (bool), in_top (bool), leads (bool); all cities with a score.
  platform_shape(profile) -> city_id, platforms (number), best, weakest (ids), spread (standing of best - weakest),
      in_tops (number of platforms in the first n), shape (balanced, lopsided, single).

cases
  case_posts(posts, themes, accounts, *, rules) -> platform, post_id, place, city_id, account_id, handle, day, theme, text,
      format, lang, url, likes, comments, shares, views, interactions, usual, basis, lift, followers_at_posting,
      counted_at, value (the ranking figure), reason (lift, size: size = no usual level known). At most
      `rules.per_platform` a platform, one a city on a platform; repeated themes and cities are put back.

themes
  theme_table(posts, themes, *, by_platform=True) -> platform ("all" or id), theme, posts, posts_share, interactions,
      interactions_share, pull (median of lift), basis (posts with lift), cities. A post with two themes counts under both,
      so shares add to more than 1.
  city_themes(posts, themes) -> city_id, theme, posts, interactions, share (of the city's interactions).
  drivers(posts, themes, before, before_themes) -> city_id, theme, share, share_before, change, interactions,
      interactions_before, growth (interactions - before), platform and post_id of the theme's strongest post. `before` =
      enriched posts of the edition before (only the cities asked for); largest growth first within a city.
  city_labels(posts, themes, *, rules) -> city_id, theme, posts, city_posts, share, panel_share, log_odds, z, label (bool: the
      city's strongest theme, z and posts above the thresholds).

staying
  burst(posts, *, least_posts) -> city_id, posts, interactions, peak_share, top_share (of its best 5 % of posts).
  staying(posts, scores, editions, node="composite", *, rules) -> city_id, months, months_in_top, mean_rank, rank_sd, rank,
      rank_gain (mean of first third - mean of last third; + = better), peak_share, top_share, group (long_red 长红,
      burst 网红, rising 潜力, quiet 平稳). Empty with fewer than `rules.least_editions` editions.

formats
  format_lift(posts, *, by="format", rules) -> platform, value (photo, video ... or a language), posts, accounts, share (of
      the platform's posts), lift (against the same accounts' other posts; 1 = alike), low, high (95 %), firm (bool: interval
      free of 1). Only accounts that use at least two kinds count.
  weekday_hours(posts) -> platform, weekday (1 = Monday), hour (Beijing), posts, lift (median).

regions
  region_table(scores, cities, edition, *, by="region", node="composite") -> by, key, cities, mean_score, best_city, best_rank,
      top10, top30. `by`: region, province_zh, tier, size_group.   tiers(scores, edition, node, *, cuts) -> tier (1 = first),
      city_id, rank, score.   squad(scores, cities, edition, province_zh, node) -> city_id, rank, score.

coverage
  coverage(metrics, posts, accounts, edition) -> platform, expected (registry accounts of the panel's cities), seen (with posts),
      silent (cities), measured (cities), no_account (cities), missing (cities), posts, share (seen / expected).

findings_of_* (module `report`, one per family; every one takes the frames above and returns list[Finding])
  See `report.KINDS`: kind -> words and figures. `report.ORDER_KINDS` are the kinds that imply an order: leave them out of an
  unordered edition. Tables that figures point at and their row keys:
      totals.csv key | ranking.csv city_id (columns <node>_score, <node>_rank) | movements.csv node|city_id | gaps.csv
      node|kind | case_posts.csv platform|post_id | themes.csv platform|theme | drivers.csv city_id|theme | labels.csv
      city_id|theme | staying.csv city_id | formats.csv platform|value | regions.csv by|key | concentration.csv measure |
      coverage.csv platform | profiles.csv city_id|platform | history.csv node|city_id | contributions.csv city_id|node |
      intervals.csv node|city_id

advice
  advise(findings, *, rules) -> list[Finding] of kind advice.<rule id>; words["basis"] holds the ids they stand on.
"""
