"""宁聚蓝 Ningjulan: the open platform of a sub-district."""

__version__ = "0.1.0"
