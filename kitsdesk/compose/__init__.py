"""The only wiring: builds services, controllers and views, and connects them."""
