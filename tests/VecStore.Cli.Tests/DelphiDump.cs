using System.Buffers.Binary;
using System.Text;

namespace VecStore.Cli.Tests;

/// <summary>Writes delphi's latents as delphi does: safetensors with locations and activations, a file for each range of latents.</summary>
internal static class DelphiDump
{
    /// <summary>A module of six latents in two splits over two documents of four tokens.</summary>
    public static string Write(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "layers.0"));
        Split(Path.Combine(folder, "layers.0", "0_2.safetensors"), [(0, 0, 1), (0, 1, 0), (0, 1, 2), (1, 3, 1)], [1.5f, 0.5f, 2, 3], tokens: (2, 4));
        Split(Path.Combine(folder, "layers.0", "3_5.safetensors"), [(0, 1, 0), (1, 0, 2), (1, 3, 0)], [4, 5, 0.25f], tokens: (2, 4));
        return folder;
    }

    /// <summary>One file: u16 locations, float16 activations, int64 tokens 100, 101, ...</summary>
    public static void Split(string path, (int Row, int Position, int Latent)[] locations, float[] activations, (int Rows, int Positions)? tokens = null)
    {
        byte[] places = new byte[6 * locations.Length], values = new byte[2 * activations.Length], ids = new byte[8 * (tokens?.Rows ?? 0) * (tokens?.Positions ?? 0)];
        for (int i = 0; i < locations.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(places.AsSpan(6 * i), (ushort)locations[i].Row);
            BinaryPrimitives.WriteUInt16LittleEndian(places.AsSpan((6 * i) + 2), (ushort)locations[i].Position);
            BinaryPrimitives.WriteUInt16LittleEndian(places.AsSpan((6 * i) + 4), (ushort)locations[i].Latent);
            BinaryPrimitives.WriteHalfLittleEndian(values.AsSpan(2 * i), (Half)activations[i]);
        }

        for (int i = 0; i < ids.Length / 8; i++) BinaryPrimitives.WriteInt64LittleEndian(ids.AsSpan(8 * i), 100 + i);
        string tensors = tokens is { } shape ? $"\"tokens\":{{\"dtype\":\"I64\",\"shape\":[{shape.Rows},{shape.Positions}],\"data_offsets\":[0,{ids.Length}]}}," : "";
        string header = $"{{{tensors}\"activations\":{{\"dtype\":\"F16\",\"shape\":[{activations.Length}],\"data_offsets\":[{ids.Length},{ids.Length + values.Length}]}},"
            + $"\"locations\":{{\"dtype\":\"U16\",\"shape\":[{locations.Length},3],\"data_offsets\":[{ids.Length + values.Length},{ids.Length + values.Length + places.Length}]}}}}";
        byte[] json = Encoding.UTF8.GetBytes(header.PadRight((header.Length + 7) / 8 * 8));
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        File.WriteAllBytes(path, [.. length, .. json, .. ids, .. values, .. places]);
    }
}
