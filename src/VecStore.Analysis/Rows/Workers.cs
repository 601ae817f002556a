using System.Runtime.ExceptionServices;

namespace VecStore.Analysis;

/// <summary>Runs numbered parts on several threads and lets the first error through as itself.</summary>
internal static class Workers
{
    public static int Count(int threads, long parts) => (int)Math.Clamp(threads > 0 ? threads : Environment.ProcessorCount, 1, Math.Max(1, parts));

    public static void Run(int parts, Action<int> part)
    {
        if (parts == 1)
        {
            part(0);
            return;
        }
        try
        {
            Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = parts }, part);
        }
        catch (AggregateException errors)
        {
            ExceptionDispatchInfo.Throw(errors.Flatten().InnerExceptions[0]);
        }
    }
}
