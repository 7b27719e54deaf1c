"""Show the pages in the browser and serve the live set."""
