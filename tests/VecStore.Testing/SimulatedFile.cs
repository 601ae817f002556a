namespace VecStore.Testing;

/// <summary>A file (or a folder's entry) on the simulated disk: its bytes as programs see them, as they are on the platter, and what lies between.</summary>
internal sealed class SimulatedFile
{
    private static readonly byte[] Nothing = [];

    private byte[] _live = Nothing;
    private byte[] _durable = Nothing;

    public int Id { get; init; }

    public bool IsFolder { get; init; }

    public long Length { get; private set; }

    public long DurableLength { get; private set; }

    /// <summary>Since the last flush: writes (bytes) and lengths (null), in order, with the number of the call.</summary>
    public List<(int Call, long Offset, byte[]? Bytes)> Pending { get; } = [];

    /// <summary>Maps of the file that are open: it must not be written then.</summary>
    public int Maps { get; set; }

    public ReadOnlySpan<byte> Live => _live.AsSpan(0, (int)Length);

    public static SimulatedFile Of(int id, byte[] content) =>
        new() { Id = id, _live = content, _durable = (byte[])content.Clone(), Length = content.Length, DurableLength = content.Length };

    public void Write(int call, long offset, byte[] bytes)
    {
        Length = Put(ref _live, Length, offset, bytes);
        Pending.Add((call, offset, bytes));
    }

    public void SetLength(int call, long length)
    {
        Length = Cut(ref _live, Length, length);
        Pending.Add((call, length, null));
    }

    public void Flush()
    {
        foreach ((int _, long offset, byte[]? bytes) in Pending)
        {
            DurableLength = bytes is null ? Cut(ref _durable, DurableLength, offset) : Put(ref _durable, DurableLength, offset, bytes);
        }
        Pending.Clear();
    }

    /// <summary>What is there after the power came back; <paramref name="keeps"/> decides on each pending change.</summary>
    public byte[] AfterPowerLoss(PowerLoss loss, Random random, Func<int, ChangeFate> keeps)
    {
        if (Pending.Count == 0 || loss is PowerLoss.DropsAll or PowerLoss.KeepsNames) return _durable.AsSpan(0, (int)DurableLength).ToArray();
        if (loss is PowerLoss.KeepsAll or PowerLoss.KeepsData) return Live.ToArray();
        byte[] content = _durable.AsSpan(0, (int)DurableLength).ToArray();
        long length = DurableLength;
        int block = loss == PowerLoss.TearsPages ? 4096 : 512;
        foreach ((int call, long offset, byte[]? bytes) in Pending)
        {
            ChangeFate fate = keeps(call);
            if (fate == ChangeFate.Lost) continue;
            if (bytes is null) length = Cut(ref content, length, offset);
            else if (fate == ChangeFate.Kept) length = Put(ref content, length, offset, bytes);
            else length = Tear(ref content, length, offset, bytes, block, random);
        }
        // The new length may have reached the disk without the bytes: they are zero then.
        if (Length > length && random.Next(2) == 0) length = Cut(ref content, length, Length);
        return content.AsSpan(0, (int)length).ToArray();
    }

    private static long Tear(ref byte[] content, long length, long offset, byte[] bytes, int block, Random random)
    {
        for (long at = offset, end = offset + bytes.Length; at < end;)
        {
            long next = Math.Min(end, (at / block + 1) * block);
            if (random.Next(2) == 0) length = Put(ref content, length, at, bytes.AsSpan((int)(at - offset), (int)(next - at)));
            at = next;
        }
        return length;
    }

    private static long Put(ref byte[] content, long length, long offset, ReadOnlySpan<byte> bytes)
    {
        long end = offset + bytes.Length;
        if (end > content.Length) Array.Resize(ref content, (int)Math.Max(end, Math.Min(2L * content.Length, content.Length + (1 << 20))));
        bytes.CopyTo(content.AsSpan((int)offset));
        return Math.Max(length, end);
    }

    private static long Cut(ref byte[] content, long length, long to)
    {
        if (to > content.Length) Array.Resize(ref content, (int)to);
        if (to < length) content.AsSpan((int)to, (int)(length - to)).Clear();
        return to;
    }
}

/// <summary>What becomes of a change that was not flushed.</summary>
internal enum ChangeFate
{
    Lost,
    Kept,
    Torn,
}
