using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace VecStore.Indexing;

/// <summary>
/// The ef best nodes of a walk in order, best first, as sortable keys: the score so mapped that a smaller key is nearer, then the node,
/// then one bit that tells whether the node's neighbours have been looked at. Ties are broken by the smaller node, so that a walk has one result.
/// </summary>
internal sealed unsafe class CandidatePool : IDisposable
{
    private ulong* _keys;
    private int _room;

    public int Count { get; private set; }

    public int Capacity { get; private set; }

    /// <summary>Every key before this position has been expanded.</summary>
    public int Cursor { get; private set; }

    /// <summary>A node is of use only if its key is below this.</summary>
    public ulong Limit { get; private set; }

    public void Begin(int capacity)
    {
        if (capacity > _room)
        {
            NativeMemory.AlignedFree(_keys);
            _room = Math.Max(capacity, 256);
            _keys = (ulong*)NativeMemory.AlignedAlloc((nuint)(_room + 8) * 8, 64);
        }
        Capacity = capacity;
        Count = 0;
        Cursor = 0;
        Limit = ulong.MaxValue;
    }

    public ulong this[int position] => _keys[position];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Key(float score, uint node)
    {
        int bits = BitConverter.SingleToInt32Bits(score);
        uint descending = ~(uint)(bits ^ ((bits >> 31) | int.MinValue));
        return ((ulong)descending << 32) | (node << 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint NodeOf(ulong key) => (uint)key >> 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ScoreOf(ulong key)
    {
        int ordered = (int)~(uint)(key >> 32);
        return BitConverter.Int32BitsToSingle(ordered ^ (~(ordered >> 31) | int.MinValue));
    }

    /// <summary>Puts a key in its place; the worst one falls out of a full pool. The caller has compared it with <see cref="Limit"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Insert(ulong key)
    {
        ulong* keys = _keys;
        int count = Count, last = count < Capacity ? count : count - 1;
        // From the worst end, looking for the place and moving up what is worse in one pass, four at a time.
        ulong* slot = keys + last;
        while (slot - 4 >= keys && slot[-4] > key)
        {
            Vector256.Load(slot - 4).Store(slot - 3);
            slot -= 4;
        }
        while (slot > keys && slot[-1] > key)
        {
            *slot = slot[-1];
            slot--;
        }
        *slot = key;
        Count = last + 1;
        if (last + 1 == Capacity) Limit = keys[last];
        int place = (int)(slot - keys);
        if (place < Cursor) Cursor = place;
    }

    /// <summary>The node that is taken next, unless a nearer one comes; any node when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint PeekNext() => NodeOf(_keys[Math.Min(Cursor, Count - 1)]);

    /// <summary>Takes the nearest node that has not been expanded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTakeNext(out uint node)
    {
        ulong* keys = _keys;
        int cursor = Cursor, count = Count;
        while (cursor < count && (keys[cursor] & 1) != 0) cursor++;
        Cursor = cursor;
        if (cursor == count)
        {
            node = 0;
            return false;
        }
        node = NodeOf(keys[cursor]);
        keys[cursor] |= 1;
        Cursor = cursor + 1;
        return true;
    }

    public void Dispose() => NativeMemory.AlignedFree(_keys);
}
