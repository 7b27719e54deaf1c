"""Write the generated pages of the documentation, build it strictly and take its screenshots."""
