using System.Collections.Concurrent;

namespace VecStore.Explorer;

/// <summary>The collections that were looked at, each opened once.</summary>
internal sealed class LandscapeSet(VectorStore store, string? first) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Landscape>> open = new(StringComparer.Ordinal);

    public VectorStore Store => store;

    /// <summary>The collection the page begins with; null when there is none with rows.</summary>
    public string? First => first ?? store.Collections.Where(name => store[name].Count > 0).MaxBy(name => store[name].Count);

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
