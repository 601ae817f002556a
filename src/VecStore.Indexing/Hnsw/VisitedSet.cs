using System.Runtime.CompilerServices;
using VecStore.Kernels;

namespace VecStore.Indexing;

/// <summary>Which nodes a walk has seen: one tag byte a node, cleared only every 255 walks.</summary>
internal sealed unsafe class VisitedSet(int capacity) : IDisposable
{
    private readonly NativeBlock<byte> _tags = new(capacity);
    private byte _epoch;

    /// <summary>Forgets everything; returns the tag that marks a node as seen in this walk.</summary>
    public byte Begin()
    {
        if (++_epoch == 0)
        {
            Unsafe.InitBlockUnaligned(_tags.Base, 0, (uint)capacity);
            _epoch = 1;
        }
        return _epoch;
    }

    public byte* Tags => _tags.Base;

    public void Dispose() => _tags.Dispose();
}
