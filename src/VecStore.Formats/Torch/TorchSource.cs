using VecStore.Formats.Bytes;
using VecStore.Formats.Elements;
using VecStore.Formats.Matrices;

namespace VecStore.Formats.Torch;

/// <summary>Reads one tensor of a PyTorch file, also a view with strides; a tensor of token ids of the same leading axes comes along.</summary>
internal static class TorchSource
{
    private const int MostListed = 40;

    public static VectorSource Open(ByteSource bytes, SourceOptions options)
    {
        TorchFile file = TorchFile.Open(bytes);
        List<(string Name, TorchTensor Tensor)> tensors = file.Tensors();
        (string name, TorchTensor tensor) = Choose(file, tensors, options);
        MatrixLayout layout = MatrixLayout.From(bytes.Name, 0, tensor.Shape, tensor.Element, file.BigEndian, tensor.IsTransposed, options);
        List<string> notes = [];
        if (options.Tensor is null && tensors.Count > 1) notes.Add($"of {tensors.Count} tensors, '{name}' is the one that holds vectors");
        if (!tensor.IsContiguous && !tensor.IsTransposed) notes.Add($"a view with strides ({string.Join(", ", tensor.Strides)}), read in the order of its axes");
        MatrixBytes storage = file.Storage(tensor.Storage, owns: true);
        long offset = tensor.Offset * layout.Width;
        MatrixBytes matrix = tensor.IsContiguous || tensor.IsTransposed
            ? offset == 0 ? storage : new ShiftedMatrixBytes(storage, offset)
            : new StridedMatrixBytes(storage, tensor);
        TokenPlaces? places = TokenPlaces.Of(layout, options, () => Tokens(file, tensors, layout));
        return new MatrixSource(bytes.Name, VectorFileFormat.Torch, matrix, layout, options, null, places, notes);
    }

    private static TokenIds? Tokens(TorchFile file, List<(string Name, TorchTensor Tensor)> tensors, MatrixLayout layout)
    {
        foreach ((string name, TorchTensor tensor) in tensors)
        {
            if (!TokenIds.IsName(name) || !TokenIds.Fits(tensor.Shape, tensor.Element, layout) || !tensor.IsContiguous) continue;
            MatrixBytes bytes = new ShiftedMatrixBytes(file.Storage(tensor.Storage, owns: false), tensor.Offset * ElementDecoder.Width(tensor.Element));
            return new(name, bytes, tensor.Element, file.BigEndian, tensor.Shape[^1]);
        }
        return null;
    }

    private static (string, TorchTensor) Choose(TorchFile file, List<(string Name, TorchTensor Tensor)> tensors, SourceOptions options)
    {
        if (options.Tensor is { } wanted)
        {
            (string Name, TorchTensor Tensor)[] named = [.. tensors.Where(tensor => tensor.Name == wanted)];
            return named.Length > 0 ? named[0] : throw file.Error($"no tensor '{wanted}'; it holds {Listed(tensors)}");
        }
        if (tensors.Count == 1) return tensors[0];
        (string Name, TorchTensor Tensor)[] matrices = [.. tensors.Where(tensor => tensor.Tensor.Shape.Length >= 2 && !TokenIds.IsName(tensor.Name))];
        if (matrices.Length == 1) return matrices[0];
        throw file.Error(tensors.Count == 0 ? "no tensors" : $"{tensors.Count} tensors; state which one: {Listed(tensors)}");
    }

    private static string Listed(List<(string Name, TorchTensor Tensor)> tensors) =>
        string.Join("; ", tensors.Take(MostListed).Select(tensor => $"{tensor.Name} {tensor.Tensor}")) + (tensors.Count > MostListed ? "; ..." : "");
}

/// <summary>A view whose elements do not follow each other, gathered run by run.</summary>
internal sealed class StridedMatrixBytes(MatrixBytes storage, TorchTensor tensor) : MatrixBytes
{
    private const int Window = 1 << 20;

    private readonly int width = ElementDecoder.Width(tensor.Element);
    private byte[] window = [];
    private long windowStart = -1;

    public override void Read(long offset, Span<byte> buffer)
    {
        long element = offset / width;
        for (int done = 0; done < buffer.Length;)
        {
            (long place, long run) = Place(element);
            int length = (int)Math.Min(run * width, buffer.Length - done);
            Copy(place * width, buffer.Slice(done, length));
            done += length;
            element += length / width;
        }
    }

    public override void Dispose() => storage.Dispose();

    // Where an element of the view lies in the storage, and how many of the view follow it there.
    private (long Place, long Run) Place(long element)
    {
        long place = tensor.Offset, rest = element;
        int last = tensor.Shape.Length - 1;
        long within = rest % tensor.Shape[last];
        for (int axis = last; axis >= 0; axis--)
        {
            place += rest % tensor.Shape[axis] * tensor.Strides[axis];
            rest /= tensor.Shape[axis];
        }
        return (place, tensor.Strides[last] == 1 ? tensor.Shape[last] - within : 1);
    }

    private void Copy(long from, Span<byte> target)
    {
        long storageBytes = tensor.StorageElements * width;
        if (target.Length > Window / 2)
        {
            storage.Read(from, target);
            return;
        }
        if (windowStart < 0 || from < windowStart || from + target.Length > windowStart + window.Length)
        {
            int length = (int)Math.Min(Window, storageBytes - from);
            if (window.Length != length) window = new byte[length];
            storage.Read(from, window);
            windowStart = from;
        }
        window.AsSpan((int)(from - windowStart), target.Length).CopyTo(target);
    }
}
