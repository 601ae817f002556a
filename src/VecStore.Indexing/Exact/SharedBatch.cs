using System.Collections.Concurrent;

namespace VecStore.Indexing;

/// <summary>The groups of a batch, taken one by one by several threads.</summary>
internal sealed class SharedBatch : SharedWork
{
    private static readonly ConcurrentBag<SharedBatch> Idle = [];

    private ExactBatch _batch;
    private ElementType _type;
    private int _group, _groups, _next;

    public static void Run(in ExactBatch batch, ElementType type, int group, int groups, int threads)
    {
        if (!Idle.TryTake(out SharedBatch? shared)) shared = new SharedBatch();
        try
        {
            (shared._batch, shared._type, shared._group, shared._groups, shared._next) = (batch, type, group, groups, 0);
            shared.Share(threads);
        }
        finally
        {
            shared._batch = default;
            Idle.Add(shared);
        }
    }

    protected override void Work(int worker)
    {
        for (int next; (next = Interlocked.Increment(ref _next) - 1) < _groups;)
            ElementTypes.Run<GroupStep, int>(_type, new GroupStep(_batch, next * _group, Math.Min(_group, _batch.QueryCount - (next * _group))));
    }

    private readonly struct GroupStep(ExactBatch batch, int first, int count) : IElementStep<int>
    {
        public int Run<T>() where T : unmanaged
        {
            batch.SearchGroup<T>(first, count);
            return count;
        }
    }
}
