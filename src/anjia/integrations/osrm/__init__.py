"""OSRM, the open routing machine: how long the way takes (`client`), and a stand-in that answers like it."""
