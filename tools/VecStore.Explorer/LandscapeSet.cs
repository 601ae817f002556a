using System.Collections.Concurrent;
using VecStore.Analysis;

namespace VecStore.Explorer;

/// <summary>The collections that were looked at, each opened once.</summary>
internal sealed class LandscapeSet(VectorStore store, string? first, Func<int, string>? vocabulary) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Landscape>> open = new(StringComparer.Ordinal);

    public VectorStore Store => store;

    /// <summary>The strings of token ids; null when they are not known.</summary>
    public Func<int, string>? Vocabulary => vocabulary;

    /// <summary>What can be looked at: collections with rows, saved directions being axes and no collection of their own.</summary>
    public IEnumerable<VectorCollection> Collections => store.Collections.Where(name => !store.HoldsDirections(name)).Select(name => store[name]).Where(collection => collection.Count > 0);

    /// <summary>The collection the page begins with; null when there is none with rows.</summary>
    public string? First => first ?? Collections.MaxBy(collection => collection.Count)?.Name;

    /// <exception cref="KeyNotFoundException">There is no such collection.</exception>
    public Landscape this[string collection] => store.TryGet(collection, out VectorCollection? found)
        ? open.GetOrAdd(collection, _ => new Lazy<Landscape>(() => new Landscape(store, found))).Value
        : throw new KeyNotFoundException($"There is no collection \"{collection}\".");

    public void Dispose()
    {
        foreach (Lazy<Landscape> landscape in open.Values)
        {
            if (landscape.IsValueCreated) landscape.Value.Dispose();
        }
    }
}
