namespace VecStore;

/// <summary>
/// One frozen state of a collection: its segments in row order, oldest first. Published by the writer, shared by readers, counted by
/// reference; the segments of a state stay mapped until its last reader is gone.
/// </summary>
internal sealed class CollectionState
{
    private int _references = 1;

    public CollectionState(CollectionSchema schema, SegmentView[] views, AttachmentHandle[] attachments, long sequence)
    {
        Schema = schema;
        Views = views;
        Attachments = attachments;
        Sequence = sequence;
        foreach (AttachmentHandle attachment in attachments) attachment.AddReference();
        foreach (SegmentView view in views)
        {
            view.Handle.AddReference();
            Count += view.Live;
        }
    }

    public CollectionSchema Schema { get; }

    public SegmentView[] Views { get; }

    public AttachmentHandle[] Attachments { get; }

    /// <summary>Live rows.</summary>
    public long Count { get; }

    /// <summary>The last log record that this state shows.</summary>
    public long Sequence { get; }

    /// <summary>False when the state is already gone; the caller then takes the newer one.</summary>
    public bool TryAddReference()
    {
        int seen = Volatile.Read(ref _references);
        while (seen > 0)
        {
            int before = Interlocked.CompareExchange(ref _references, seen + 1, seen);
            if (before == seen) return true;
            seen = before;
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0) return;
        foreach (SegmentView view in Views) view.Handle.Release();
        foreach (AttachmentHandle attachment in Attachments) attachment.Release();
    }
}
