"""What editors add to an edition: their files, how these are read, and how the words in them meet the findings.

The files stand in `data/editions/<id>/`, beside `<id>.yml`; each may be absent:

    cases.yml                     posts that must, or must not, stand as case posts (`files.Cases`)
    context.yml                   figures from outside the index (read with the edition, `cityreach.edition`)
    foreword.zh.md, foreword.en.md
    sections/<section>.<lang>.md  the words of a section in place of the generated ones

How a section's text gets into the report. A chapter shows its words at one or more places, each a method marked
`monthly.places.editable`; a draft names each place in a comment (`<!-- part: text -->`). Where a file stands, the
places of that section show its paragraphs instead of the generated block; a place that the file leaves out stays empty,
and words above the first mark go to the section's first place. Charts and tables stay where they are. Headings are
findings and stay generated.

The way of a text: `markdown.read` (markdown-it, of which only paragraphs, lists, bold and italic are taken; nothing is
ever rendered from it as markup) → pieces of words and placeholders → `known.Known.resolve` (an address such as
`南京.facebook.rank`, or a finding's id with a figure) → runs, the figures with finding and key as in generated prose.
Placeholders have a grammar of their own (`grammar`): no template language is at hand, so nothing can be executed.

Figures typed as digits are looked up, too (`typed`): one that contradicts its finding is an error, one that no finding
holds a warning. Everything found is a `Fault` with file, line, what stands there and what to do; errors stop a report
before it is built, the proof copy shows them in its margin.

A draft's first comment holds a hash of what was written under it. As long as the hash is true the draft counts as
generated text: nobody has edited it, so the report follows the data as if the file were not there. A file that is there
is never written again, whatever it holds (`drafts.write`).
"""
