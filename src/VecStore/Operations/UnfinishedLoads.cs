using VecStore.Storage;

namespace VecStore.Operations;

/// <summary>What bulk loads that were not published have left in the staging folder.</summary>
internal static class UnfinishedLoads
{
    /// <summary>Those that a load of the same source would go on with.</summary>
    public static IReadOnlyList<UnfinishedLoad> List(VectorStore store)
    {
        var loads = new List<UnfinishedLoad>();
        foreach (string folder in Folders(store))
        {
            if (Resumable(store, folder) is { } load) loads.Add(load);
        }

        return [.. loads.OrderBy(load => load.Collection, StringComparer.Ordinal).ThenBy(load => load.Source, StringComparer.Ordinal)];
    }

    /// <summary>Removes one; false when it is under way or is not there.</summary>
    public static bool Discard(VectorStore store, UnfinishedLoad load)
    {
        store.ThrowIfNotWritable();
        string? folder = Folders(store).FirstOrDefault(folder => Resumable(store, folder) is { } found && (found.Collection, found.Source) == (load.Collection, load.Source));
        return folder is not null && Remove(store, folder);
    }

    /// <summary>
    /// Removes what no load can go on with: of loads without a source, of loads that died before their first checkpoint, into collections that were dropped or have got fields since.
    /// </summary>
    public static void RemoveUseless(VectorStore store)
    {
        foreach (string folder in Folders(store))
        {
            if (Resumable(store, folder) is null) Remove(store, folder);
        }
    }

    private static IEnumerable<string> Folders(VectorStore store) => store.Files.ListFolders(store.Folder.Staging).Select(name => store.Folder.Staging + "/" + name);

    // False when a load is under way there.
    private static bool Remove(VectorStore store, string folder)
    {
        lock (store.StagingGate)
        {
            IDisposable? folderLock = store.Files.TryLock(folder + "/" + Staging.LockName, "removal");
            if (folderLock is null) return false;
            try
            {
                Staging.Remove(store.Files, folder);
            }
            finally
            {
                Staging.GiveBack(store.Files, folder, folderLock);
            }

            return true;
        }
    }

    private static UnfinishedLoad? Resumable(VectorStore store, string folder)
    {
        if (NoteOf(store.Files, folder) is not { } note) return null;
        foreach (VectorCollection collection in store.Collections.Select(name => store[name]))
        {
            string begins = Staging.SourceOf(collection);
            if (!note.Source.StartsWith(begins, StringComparison.Ordinal)) continue;
            return new UnfinishedLoad(collection.Name, note.Source[begins.Length..], note.SourceRows, store.Files.List(folder).Sum(name => LengthOf(store.Files, folder + "/" + name)), note.At);
        }

        return null;
    }

    // The writer in another process may publish and remove it while we look.
    private static StagingNote? NoteOf(IStoreFiles files, string folder)
    {
        try
        {
            return StagingNote.Read(files, folder);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static long LengthOf(IStoreFiles files, string path)
    {
        try
        {
            using IStoreFile file = files.Open(path, FileAccess.Read);
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
