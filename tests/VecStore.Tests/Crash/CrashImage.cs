using VecStore.Testing;

namespace VecStore.Tests.Crash;

/// <summary>Opens what a crash left, and holds it to what is promised.</summary>
public static class CrashImage
{
    public static readonly bool Long = Environment.GetEnvironmentVariable("VECSTORE_LONG") == "1";

    /// <summary>
    /// The image opens to one of the allowed states and verifies clean; with <paramref name="goOn"/>, it also takes a commit and a close and opens to
    /// both again. Returns the state.
    /// </summary>
    public static string? Check(FaultFiles image, IReadOnlyList<string?> allowed, Durability durability, bool goOn, Func<string> where)
    {
        try
        {
            if (!image.Exists(CrashRun.Path + "/manifest"))
            {
                Assert.Contains(null, allowed);
                if (goOn) GoOn(image, durability);
                return null;
            }

            string state;
            using (VectorStore store = VectorStore.Open(CrashRun.Path, CrashRun.Options(image, durability)))
            {
                state = Contents.Of(store);
                Assert.Contains(state, allowed);
                VerifyReport report = store.Verify();
                Assert.True(report.IsClean, string.Join("; ", report.Damages));
                if (goOn) GoOn(store);
            }

            if (goOn)
            {
                using VectorStore again = VectorStore.Open(CrashRun.Path, CrashRun.Options(image, durability));
                Assert.True(again.Drop("after the crash"));
                Assert.Equal(state, Contents.Of(again));
                Assert.True(again.Verify().IsClean);
            }

            return state;
        }
        catch (Exception failure) when (failure is not CrashPointException)
        {
            throw new CrashPointException($"{where()}: {failure.Message}", failure);
        }
    }

    private static void GoOn(FaultFiles image, Durability durability)
    {
        using VectorStore store = VectorStore.Open(CrashRun.Path, CrashRun.Options(image, durability));
        GoOn(store);
    }

    // Every collection is searched, and all kinds of writing still work.
    private static void GoOn(VectorStore store)
    {
        foreach (string name in store.Collections)
        {
            VectorCollection collection = store[name];
            if (collection.Count == 0) continue;
            var nearest = new Neighbor[3];
            Assert.Equal((int)Math.Min(3, collection.Count), collection.Search(Vectors.Random(1, collection.Schema.Dimension), nearest));
        }

        VectorCollection after = store.Create("after the crash", new CollectionSchema(2) { Metric = Metric.Dot });
        for (int i = 0; i < 18; i++) after.Upsert(i, [i, 1]);
        after.Delete(3);
        after.Compact();
        after.Upsert(100, [100, 1]);
        var best = new Neighbor[1];
        Assert.Equal(1, after.Search([1, 0], best));
        Assert.Equal(100, best[0].Key);
        Assert.Equal(18, after.Count);
    }
}

/// <summary>A crash point at which the promise was not kept.</summary>
public sealed class CrashPointException(string message, Exception inner) : Exception(message, inner);
