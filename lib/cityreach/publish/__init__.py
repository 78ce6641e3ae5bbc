"""From a notebook and its parameters to the published report: HTML, PDF, notebook, workbook, data files, manifest."""
