"""Draw the plots and tables that several pages share."""
