using System.Globalization;
using VecStore;
using VecStore.Victim;

// A process for tests to kill, to meet at the lock, or to measure. Usage: VecStore.Victim write FOLDER FIRST | threads FOLDER COUNT | generations FOLDER | hold FOLDER | scan FOLDER
using Stream output = Console.OpenStandardOutput();
switch (args)
{
    case ["write", string folder, string first]:
        // Acknowledges each operation by its number, on the pipe, as soon as it returned.
        using (VectorStore store = VectorStore.Open(folder, Options(long.Parse(first, CultureInfo.InvariantCulture) % 2 == 0)))
        {
            store.OpenOrCreate(KillScript.Collection, KillScript.Schema);
            Say("open");
            for (long n = long.Parse(first, CultureInfo.InvariantCulture); ; n++)
            {
                KillScript.Run(store, n);
                Say(n.ToString(CultureInfo.InvariantCulture));
            }
        }

    case ["threads", string folder, string count]:
        // Several threads, each with keys of its own: thread t writes t, t + COUNT, t + 2 COUNT ... from where it finds the store, and acknowledges each by its key.
        using (VectorStore store = VectorStore.Open(folder, Options(background: true)))
        {
            VectorCollection rows = store.OpenOrCreate(KillScript.Collection, KillScript.Schema);
            Say("open");
            int threads = int.Parse(count, CultureInfo.InvariantCulture);
            Thread[] committing = [.. Enumerable.Range(0, threads).Select(thread => new Thread(() =>
            {
                long key = thread;
                while (rows.Contains(key)) key += threads;
                for (; ; key += threads)
                {
                    KillScript.RunPair(rows, key);
                    Say(key.ToString(CultureInfo.InvariantCulture));
                }
            }))];
            Array.ForEach(committing, thread => thread.Start());
            Array.ForEach(committing, thread => thread.Join());
        }

        return 0;

    case ["generations", string folder]:
        // Every commit writes all rows anew with its number: a reader that sees two numbers has seen half a commit.
        using (VectorStore store = VectorStore.Open(folder, Options(background: true)))
        {
            VectorCollection rows = store.OpenOrCreate("g", new CollectionSchema(3) { Metric = Metric.Dot, Fields = [new("g", FieldType.Int64)] });
            for (long generation = 1; ; generation++)
            {
                using WriteBatch batch = rows.BeginWrite();
                for (int key = 0; key < 10; key++) batch.Upsert(key, [generation, key, 1], new() { ["g"] = generation });
                batch.Commit();
                if (generation % 37 == 0) rows.Seal();
                if (generation % 90 == 0) rows.Compact();
                Say(generation.ToString(CultureInfo.InvariantCulture));
            }
        }

    case ["hold", string folder]:
        using (VectorStore.Open(folder, Options(background: false)))
        {
            Say("open");
            Console.In.ReadLine();
        }

        return 0;

    case ["scan", string folder]:
        Scan(folder);
        return 0;

    default:
        return 2;
}

// Reads a store larger than this process may allocate: all rows, exact searches; tells how much memory of its own it had at most.
void Scan(string folder)
{
    using VectorStore store = VectorStore.Open(folder, new() { ReadOnly = true });
    long before = AnonymousBytes();
    long most = before;
    long rows = 0;
    foreach (string name in store.Collections)
    {
        using Snapshot snapshot = store[name].TakeSnapshot();
        float[] vector = new float[snapshot.Schema.Dimension];
        double sum = 0;
        foreach (ScannedRow row in snapshot.Scan())
        {
            row.ReadVector(vector);
            sum += vector[0];
            if (rows++ % 20_000 == 0) most = Math.Max(most, AnonymousBytes());
        }

        var nearest = new Neighbor[10];
        for (int i = 0; i < 5; i++) snapshot.Search(vector, nearest, SearchOptions.Exact);
        if (!double.IsFinite(sum)) throw new InvalidOperationException("the rows are not finite");
    }

    most = Math.Max(most, AnonymousBytes());
    Say(string.Create(CultureInfo.InvariantCulture, $"{rows} {before} {most}"));
}

static long AnonymousBytes()
{
    string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
    return long.Parse(line.AsSpan(8).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture) * 1024;
}

static StoreOptions Options(bool background) => new()
{
    CreateIfMissing = true,
    SealRows = 16,
    GraphMinRows = 60,
    Maintenance = background ? Maintenance.Background : Maintenance.Manual,
    Index = new() { Threads = 1, M = 4, EfConstruction = 20 },
};

void Say(string line)
{
    output.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n")); // one call to the system: lines of several threads do not mix
    output.Flush();
}
