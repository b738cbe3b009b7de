"""Everything a person can ask for, as records; menus, palette and keys sheet are made from them."""
