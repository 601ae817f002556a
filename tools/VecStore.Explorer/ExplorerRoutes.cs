using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using VecStore.Analysis;

namespace VecStore.Explorer;

/// <summary>
/// What the page asks for. Answers are JSON; those with one value a row are binary: a little-endian u32 with the length of a JSON head, the head,
/// spaces up to a multiple of 4, and the values.
/// </summary>
internal static class ExplorerRoutes
{
    private const int MostRows = 2_000_000;
    private static readonly JsonSerializerOptions Json = Configure(new JsonSerializerOptions());

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals;
        return options;
    }

    public static void Map(IEndpointRouteBuilder routes, string prefix, LandscapeSet landscapes)
    {
        RouteGroupBuilder page = routes.MapGroup(prefix);
        page.AddEndpointFilter(async (context, next) =>
        {
            try
            {
                return await next(context).ConfigureAwait(false);
            }
            catch (KeyNotFoundException missing)
            {
                return Results.Json(new { error = missing.Message }, Json, statusCode: StatusCodes.Status404NotFound);
            }
            catch (Exception mistake) when (mistake is ArgumentException or FormatException or VecStoreException)
            {
                return Results.Json(new { error = mistake.Message }, Json, statusCode: StatusCodes.Status400BadRequest);
            }
        });
        page.MapGet("/", () => Asset("index.html"));
        page.MapGet("/{file}", (string file) => Asset(file));
        RouteGroupBuilder api = page.MapGroup("/api");
        api.MapGet("/store", () => Answer(StoreOf(landscapes)));
        api.MapGet("/axes", (string collection, string names) => Axes(landscapes[collection], names.Split('\n')));
        api.MapGet("/coloring", (string collection, string field) => Colors(landscapes[collection], field));
        api.MapGet("/find", (string collection, string text) => Answer(Find(landscapes[collection], text)));
        api.MapGet("/row", (string collection, int row, int? k) => Answer(Row(landscapes[collection], row, Math.Clamp(k ?? 12, 1, 200), landscapes.Vocabulary)));
        api.MapGet("/analogy", (string collection, string expression, int? k) => Answer(Analogy(landscapes[collection], expression, Math.Clamp(k ?? 10, 1, 200))));
        api.MapPost("/keys", (RowsOf of) => Answer(Keys(landscapes[of.Collection], of.Rows)));
        api.MapPost("/rows", (KeysOf of) => Answer(of.Keys.Select(key => landscapes[of.Collection].Rows.TryFind(key, out int row) ? row : -1)));
        api.MapPost("/direction", (SidesOf of) => Answer(Direction(landscapes[of.Collection], of)));
        api.MapPost("/export", (ExportOf of) => Export(landscapes[of.Collection], of));
    }

    private static IResult Answer<T>(T value) => Results.Json(value, Json);

    private static IResult Asset(string file)
    {
        using Stream? stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Web/" + file);
        if (stream is null) return Results.NotFound();
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Results.Bytes(bytes, Types.GetValueOrDefault(Path.GetExtension(file), "application/octet-stream"));
    }

    private static object StoreOf(LandscapeSet landscapes) => new
    {
        landscapes.Store.Path,
        landscapes.First,
        Collections = landscapes.Collections.Select(collection => new
        {
            collection.Name,
            Rows = collection.Count,
            collection.Schema.Dimension,
            Metric = collection.Schema.Metric.ToString(),
            KeyKind = collection.Schema.KeyKind.ToString(),
            Fields = collection.Schema.Fields.Select(field => new { field.Name, Type = field.Type.ToString() }),
            Directions = landscapes.Store.ListDirections(collection.Name).Select(direction => direction.Name),
        }),
    };

    private static ValuesResult Axes(Landscape landscape, string[] names)
    {
        Axis[] axes = landscape.AxesOf(names);
        var head = new { Rows = landscape.Rows.Count, Axes = axes.Select((axis, i) => new { Name = names[i], axis.Label, axis.Detail }) };
        return new ValuesResult(JsonSerializer.SerializeToUtf8Bytes(head, Json), [.. axes.Select(axis => (ReadOnlyMemory<byte>)Bytes(axis.Values))]);

        static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
    }

    private static ValuesResult Colors(Landscape landscape, string field)
    {
        Coloring coloring = Coloring.Of(landscape, field);
        return new ValuesResult(JsonSerializer.SerializeToUtf8Bytes(new { coloring.Field, coloring.Kind, coloring.Names, coloring.Counts }, Json), [coloring.Codes]);
    }

    private static List<object> Find(Landscape landscape, string text)
    {
        const int most = 12;
        var found = new List<object>();
        if (landscape.Rows.TryFind(text, out int exact)) found.Add(new { Row = exact, Key = text });
        for (int row = 0; row < landscape.Rows.Count && found.Count < most; row++)
        {
            string key = landscape.Rows.KeyOf(row);
            if (row != exact && key.StartsWith(text, StringComparison.OrdinalIgnoreCase)) found.Add(new { Row = row, Key = key });
        }

        return found;
    }

    private static object Row(Landscape landscape, int row, int k, Func<int, string>? vocabulary)
    {
        string text = KeyOf(landscape, row);
        Snapshot snapshot = landscape.Snapshot;
        RowId id = landscape.Rows.RowIdOf(row);
        var nearest = new Neighbor[k];
        int found = snapshot.SearchLike(snapshot.KeyOf(id), nearest, SearchOptions.Default, out SearchReport report);
        return new
        {
            Row = row,
            Key = text,
            Metric = snapshot.Schema.Metric.ToString(),
            Report = report.ToString(),
            Fields = snapshot.Schema.Fields.Select(field => new { field.Name, Value = Value(snapshot.FieldOf(id, field.Name)) }).Where(field => field.Value is not null),
            Contexts = landscape.ContextsOf(row).Select(context => new
            {
                context.Document,
                context.Position,
                context.Activation,
                At = context.Position - context.FirstToken,
                Tokens = context.Tokens.Select(vocabulary ?? (token => $" {token}")),
            }),
            Neighbors = nearest[..found].Select(neighbor => Near(landscape, snapshot.KeyOf(neighbor).ToString(), neighbor.Score)),
        };
    }

    private static object Analogy(Landscape landscape, string expression, int k) => landscape.Snapshot
        .Nearest(VectorExpression.Parse(expression), new NearestOptions { Count = k })
        .Select(answer => Near(landscape, answer.Key, answer.Score));

    private static object Near(Landscape landscape, string key, float score) => new { Row = landscape.RowOf(key), Key = key, Score = score };

    private static object Keys(Landscape landscape, int[] rows) => rows.Take(MostRows).Select(row => KeyOf(landscape, row));

    private static string KeyOf(Landscape landscape, int row) =>
        (uint)row < (uint)landscape.Rows.Count ? landscape.Rows.KeyOf(row) : throw new KeyNotFoundException($"There is no row {row}; there are {landscape.Rows.Count}.");

    private static object Direction(Landscape landscape, SidesOf of)
    {
        LearnedDirection direction = landscape.Learn(of.From, of.To);
        return new { direction.Name, direction.Label, direction.HeldOutArea, direction.PValue, direction.From, direction.To };
    }

    private static IResult Export(Landscape landscape, ExportOf of)
    {
        Axis[] axes = landscape.AxesOf(of.Axes);
        string[] fields = [.. landscape.Snapshot.Schema.Fields.Select(field => field.Name)];
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        ResultTable.WriteCsvLine(text, ["key", .. of.Axes, .. fields]);
        foreach (int row in of.Rows)
        {
            string key = KeyOf(landscape, row);
            RowId id = landscape.Rows.RowIdOf(row);
            ResultTable.WriteCsvLine(text, [key, .. axes.Select(axis => axis.Values[row].ToString("R", CultureInfo.InvariantCulture)),
                .. fields.Select(field => Convert.ToString(Value(landscape.Snapshot.FieldOf(id, field)), CultureInfo.InvariantCulture) ?? "")]);
        }

        return Results.Bytes(Encoding.UTF8.GetBytes(text.ToString()), "text/csv; charset=utf-8", "selection.csv");
    }

    private static object? Value(FieldValue value) => value.Kind switch
    {
        FieldValueKind.Int64 => value.AsInt64(),
        FieldValueKind.Double => value.AsDouble(),
        FieldValueKind.Bool => value.AsBool(),
        FieldValueKind.String => value.AsString(),
        FieldValueKind.StringList => string.Join("; ", value.AsStringList()),
        _ => null,
    };

    internal sealed record RowsOf(string Collection, int[] Rows);

    internal sealed record KeysOf(string Collection, string[] Keys);

    internal sealed record SidesOf(string Collection, int[] From, int[] To);

    internal sealed record ExportOf(string Collection, int[] Rows, string[] Axes);

    /// <summary>A JSON head and values behind it.</summary>
    private sealed class ValuesResult(byte[] head, ReadOnlyMemory<byte>[] values) : IResult
    {
        public async Task ExecuteAsync(HttpContext context)
        {
            byte[] start = new byte[(4 + head.Length + 3) / 4 * 4];
            start.AsSpan().Fill((byte)' ');
            System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(start, start.Length - 4);
            head.CopyTo(start, 4);
            context.Response.ContentType = "application/octet-stream";
            context.Response.ContentLength = start.Length + values.Sum(part => (long)part.Length);
            await context.Response.Body.WriteAsync(start, context.RequestAborted).ConfigureAwait(false);
            foreach (ReadOnlyMemory<byte> part in values) await context.Response.Body.WriteAsync(part, context.RequestAborted).ConfigureAwait(false);
        }
    }
}
