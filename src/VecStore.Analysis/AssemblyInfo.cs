using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("VecStore.Analysis.Tests")]
[assembly: InternalsVisibleTo("VecStore.Benchmarks")]
