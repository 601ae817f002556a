using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace VecStore.Analysis;

/// <summary>
/// A growing list in native memory, contiguous; beyond a limit it lies in a mapped temporary file instead, which goes away with the list. Not for writing by several threads.
/// </summary>
internal sealed unsafe class SpillingList<T>(long memoryLimitBytes, string? folder = null) : IDisposable where T : unmanaged
{
    private T* data;
    private long capacity;
    private FileStream? file;
    private MemoryMappedFile? map;
    private MemoryMappedViewAccessor? view;

    ~SpillingList() => Release();

    public long Count { get; private set; }

    /// <summary>The first element; moves when the list grows.</summary>
    public T* Pointer => data;

    /// <summary>True when it lies in a file.</summary>
    public bool IsSpilled => file is not null;

    public void Append(ReadOnlySpan<T> values)
    {
        long before = Count;
        Resize(before + values.Length);
        values.CopyTo(new Span<T>(data + before, values.Length));
    }

    /// <summary>Sets the length; new elements are undefined in memory that was used before, otherwise zero only in a file.</summary>
    public void Resize(long count)
    {
        if (count > capacity) Grow(Math.Max(count, Math.Max(1024, count == Count ? count : capacity + (capacity / 2))));
        Count = count;
    }

    /// <summary>A length known beforehand: no more is reserved than that.</summary>
    public void ResizeExactly(long count)
    {
        if (count > capacity) Grow(count);
        Count = count;
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Grow(long wanted)
    {
        long bytes = checked(wanted * sizeof(T));
        if (file is null && bytes <= memoryLimitBytes)
        {
            data = (T*)NativeMemory.Realloc(data, (nuint)bytes);
            capacity = wanted;
            return;
        }
        T* inMemory = file is null ? data : null;
        data = file is null ? data : null;
        file ??= new FileStream(
            Path.Combine(folder ?? Path.GetTempPath(), $"vecstore-{Environment.ProcessId}-{Guid.NewGuid():N}.spill"),
            FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 0, FileOptions.DeleteOnClose);
        Unmap();
        file.SetLength(bytes);
        map = MemoryMappedFile.CreateFromFile(file, null, bytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        view = map.CreateViewAccessor(0, bytes);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        data = (T*)start;
        capacity = wanted;
        if (inMemory == null) return;
        Buffer.MemoryCopy(inMemory, data, bytes, Count * sizeof(T));
        NativeMemory.Free(inMemory);
    }

    private void Unmap()
    {
        if (view is null) return;
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        map!.Dispose();
        view = null;
    }

    private void Release()
    {
        if (file is not null)
        {
            Unmap();
            file.Dispose();
        }
        else NativeMemory.Free(data);
        file = null;
        data = null;
        capacity = 0;
        Count = 0;
    }
}
