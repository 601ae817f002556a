namespace VecStore;

/// <summary>Searches as <see cref="StateSearch"/> does, seen by whoever observes the store: measured when somebody listens, damage noted always.</summary>
internal static class ObservedSearch
{
    public static int Nearest(VectorCollection collection, CollectionState state, ReadOnlySpan<float> query, Span<Neighbor> nearest, SearchOptions options, out SearchReport report)
    {
        Observation observation = Observation.OfSearch(collection);
        try
        {
            int found = StateSearch.Nearest(state, query, nearest, options, out report);
            observation.Searched(1, report);
            return found;
        }
        catch (StoreCorruptException damage) when (collection.Store.Saw(damage, collection.Name))
        {
            throw;
        }
        finally
        {
            observation.Dispose();
        }
    }

    public static SearchReport Batch(VectorCollection collection, CollectionState state, ReadOnlySpan<float> queries, int k, Span<Neighbor> nearest, Span<int> found, SearchOptions options)
    {
        Observation observation = Observation.OfSearch(collection);
        try
        {
            SearchReport report = StateSearch.Batch(state, queries, k, nearest, found, options);
            observation.Searched(found.Length, report);
            return report;
        }
        catch (StoreCorruptException damage) when (collection.Store.Saw(damage, collection.Name))
        {
            throw;
        }
        finally
        {
            observation.Dispose();
        }
    }

    public static IReadOnlyList<Neighbor> Range(VectorCollection collection, CollectionState state, ReadOnlySpan<float> query, float minScore, Filter? filter)
    {
        Observation observation = Observation.OfSearch(collection);
        try
        {
            IReadOnlyList<Neighbor> neighbors = StateSearch.Range(state, query, minScore, filter, out long eligible);
            observation.Searched(1, new SearchReport(SearchMethod.Exact, neighbors.Count, neighbors.Count, eligible, eligible));
            return neighbors;
        }
        catch (StoreCorruptException damage) when (collection.Store.Saw(damage, collection.Name))
        {
            throw;
        }
        finally
        {
            observation.Dispose();
        }
    }
}
