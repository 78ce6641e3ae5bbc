"""cityreach: from a month's platform exports to a published report on how Chinese cities reach the world.

Data flows one way, and so do imports: ``spec, registry, edition, tables`` at the bottom, then ``intake``
and ``simulate``, ``metrics``, ``index``, ``insight``, ``prose`` and ``charts``, ``monthly``, ``publish`` and ``cli``.
"""

__version__ = "0.1.0"
