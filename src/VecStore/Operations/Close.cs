namespace VecStore.Operations;

/// <summary>Seals what is in memory, so that the next opening has nothing to replay.</summary>
internal static class Close
{
    public static void Run(VectorStore store)
    {
        foreach (VectorCollection collection in store.AllCollections.ToArray())
        {
            if (collection.Current.Sequence > collection.SealedThrough) Seal.All(collection, CancellationToken.None);
        }
    }
}
