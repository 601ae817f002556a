using System.Collections.Concurrent;
using VecStore.Testing;

namespace VecStore.Tests.Crash;

/// <summary>
/// A workload on a simulated disk, step by step: what the store should contain after each step that returned, and between which calls to the disk
/// the step lay. Every crash point of it then has one or two states that are allowed.
/// </summary>
public sealed class CrashRun(FaultFiles files, Durability durability = Durability.Full) : IDisposable
{
    public const string Path = "stores/s.vecstore";
    private readonly List<(string Name, int Before, int After, string? State)> _steps = [];
    private VectorStore? _store;

    public FaultFiles Files { get; } = files;

    public Contents Expected { get; } = new();

    public VectorStore Store => _store!;

    public IReadOnlyList<(string Name, int Before, int After, string? State)> Steps => _steps;

    /// <summary>The step that failed, when calls are made to fail.</summary>
    public Exception? Failure { get; private set; }

    public string? StateBefore => _steps.Count < 2 ? null : _steps[^2].State;

    public string? StateAfter => _steps[^1].State;

    public static StoreOptions Options(FaultFiles files, Durability durability = Durability.Full) => new()
    {
        Files = files,
        CreateIfMissing = true,
        Maintenance = Maintenance.Manual,
        SealRows = 16,
        GraphMinRows = 40,
        Durability = durability,
        Index = new() { Threads = 1, EfConstruction = 20, M = 4 },
    };

    /// <summary>One step: first what it should do, then doing it.</summary>
    public void Step(string name, Action<Contents> expect, Action act)
    {
        expect(Expected);
        string state = Expected.ToString();
        int before = Files.Calls;
        _steps.Add((name, before, int.MaxValue, state));
        try
        {
            act();
        }
        catch (Exception failure) when (failure is VecStoreException or IOException)
        {
            Failure = failure;
            throw new StepFailedException();
        }

        _steps[^1] = (name, before, Files.Calls, state);
    }

    public void Step(string name, Action act) => Step(name, _ => { }, act);

    public void Open() => Step("open", () => _store = VectorStore.Open(Path, Options(Files, durability)));

    public void Close()
    {
        Step("close", () => Store.Dispose());
        _store = null;
    }

    /// <summary>The process dies; the disk and its cache stay as they are.</summary>
    public void Kill()
    {
        VectorStore killed = Store;
        _store = null;
        Files.Kill();
        try
        {
            killed.Dispose();
        }
        catch (Exception)
        {
            // Its files are dead: nothing of this reaches the disk.
        }
    }

    public VectorCollection Create(string name, CollectionSchema schema)
    {
        VectorCollection? made = null;
        Step($"create {name}", expected => expected.Create(name, schema.Fields), () => made = Store.Create(name, schema));
        return made!;
    }

    public void Upsert(string collection, Key key, int seed, FieldValues? values = null)
    {
        float[] vector = Vectors.Random(seed, Store[collection].Schema.Dimension);
        Step($"upsert {key}", expected => expected.Upsert(collection, key, vector, values), () => Store[collection].Upsert(key, vector, values));
    }

    public void Delete(string collection, Key key) => Step($"delete {key}", expected => expected.Delete(collection, key), () => Store[collection].Delete(key));

    /// <summary>
    /// Several threads commit batches of two rows each: a key of their own, and one that all of them write. The order of the rows then is the order of the commits, and
    /// each of them becomes a step: a store may open to any prefix of them that has all that were acknowledged and none that had not begun.
    /// </summary>
    public void UpsertByThreads(string collection, int threads, int each, int firstKey)
    {
        const int Contested = 999_999;
        VectorCollection rows = Store[collection];
        int dimension = rows.Schema.Dimension;
        var calls = new ConcurrentDictionary<int, (int Before, int After)>();
        Thread[] committing = [.. Enumerable.Range(0, threads).Select(thread => new Thread(() =>
        {
            for (int key = firstKey + (thread * each); key < firstKey + ((thread + 1) * each); key++)
            {
                int before = Files.Calls;
                using WriteBatch batch = rows.BeginWrite();
                batch.Upsert(key, Vectors.Random(key, dimension));
                batch.Upsert(Contested, Vectors.Random(key, dimension));
                batch.Commit();
                calls[key] = (before, Files.Calls);
            }
        }))];
        Array.ForEach(committing, thread => thread.Start());
        Array.ForEach(committing, thread => thread.Join());
        Assert.Equal(threads * each, calls.Count);
        using Snapshot snapshot = rows.TakeSnapshot();
        foreach (ScannedRow row in snapshot.Scan())
        {
            int key = (int)row.Key.Int64;
            if (!calls.ContainsKey(key)) continue;
            foreach (int written in (ReadOnlySpan<int>)[key, Contested]) Expected.Upsert(collection, written, Vectors.Random(key, dimension));
            _steps.Add(($"upsert {key}", calls[key].Before, calls[key].After, Expected.ToString()));
        }
    }

    /// <summary>The states that a store may open to when the machine stopped before this call. Null stands for a store that was not there yet.</summary>
    public IReadOnlyList<string?> Allowed(int call)
    {
        int done = _steps.FindLastIndex(step => step.After <= call);
        IEnumerable<string?> underWay = _steps.Skip(done + 1).TakeWhile(step => step.Before < call).Select(step => step.State);
        return [done < 0 ? null : _steps[done].State, .. underWay];
    }

    public string Describe(int call)
    {
        int step = _steps.FindIndex(step => call < step.After);
        return $"call {call} ({Files.Describe(call)}) in {(step < 0 ? "the end" : $"step {step}: {_steps[step].Name}")}";
    }

    public void Dispose()
    {
        try
        {
            _store?.Dispose();
        }
        catch (Exception failure) when (failure is VecStoreException or IOException)
        {
            // A disk that fails for ever fails here too.
        }
    }
}

/// <summary>Ends a workload at a step that failed as it may.</summary>
public sealed class StepFailedException : Exception;
