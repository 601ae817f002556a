using System.Globalization;

namespace VecStore.Analysis;

/// <summary>Rows that follow each other and are the tokens of one document.</summary>
/// <param name="Document">The document's number.</param>
/// <param name="First">Its first row.</param>
/// <param name="Count">Its rows.</param>
public readonly record struct DocumentRange(long Document, int First, int Count);

/// <summary>Which document and position each row of activations belongs to.</summary>
public abstract class DocumentRows
{
    /// <summary>The documents in order; they cover all rows.</summary>
    /// <exception cref="InvalidDataException">A document comes twice, or a position does not follow the one before.</exception>
    public abstract IEnumerable<DocumentRange> Documents(int rows);

    /// <summary>The position of a row in its document.</summary>
    public abstract int PositionOf(int row);

    /// <summary>The token of a row; -1 where it is not known.</summary>
    public virtual int TokenOf(int row) => -1;

    /// <summary>Whether every row has a token.</summary>
    public virtual bool HasTokens => false;

    /// <summary>The same number of rows for each document; the last may have fewer.</summary>
    public static DocumentRows Every(int tokensPerDocument) => new Fixed(tokensPerDocument);

    /// <summary>By fields of the collection: the document, the position in it and, if there is one, the token.</summary>
    /// <exception cref="InvalidDataException">A row lacks a field.</exception>
    public static DocumentRows Fields(SnapshotRows rows, Snapshot snapshot, string document = "document", string position = "position", string? token = null)
        => new Stored(rows, snapshot, document, position, token);

    private sealed class Fixed : DocumentRows
    {
        private readonly int size;

        public Fixed(int size)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
            this.size = size;
        }

        public override IEnumerable<DocumentRange> Documents(int rows)
        {
            for (int first = 0, document = 0; first < rows; first += size, document++) yield return new(document, first, Math.Min(size, rows - first));
        }

        public override int PositionOf(int row) => row % size;
    }

    private sealed class Stored : DocumentRows
    {
        private readonly long[] documents;
        private readonly int[] positions;
        private readonly int[]? tokens;

        public Stored(SnapshotRows rows, Snapshot snapshot, string document, string position, string? token)
        {
            documents = new long[rows.Count];
            positions = new int[rows.Count];
            tokens = token is null ? null : new int[rows.Count];
            for (int row = 0; row < rows.Count; row++)
            {
                RowId id = rows.RowIdOf(row);
                documents[row] = Value(snapshot, id, document, row, long.MaxValue);
                positions[row] = (int)Value(snapshot, id, position, row, int.MaxValue - 1);
                if (tokens is not null) tokens[row] = (int)Value(snapshot, id, token!, row, int.MaxValue);
            }
        }

        public override bool HasTokens => tokens is not null;

        public override IEnumerable<DocumentRange> Documents(int rows)
        {
            long before = -1;
            for (int first = 0, end; first < rows; first = end)
            {
                long document = documents[first];
                if (document <= before)
                    throw new InvalidDataException($"row {first} begins document {document} after document {before}: the rows of a document must follow each other, documents in ascending order");
                for (end = first + 1; end < rows && documents[end] == document; end++)
                {
                    if (positions[end] <= positions[end - 1])
                        throw new InvalidDataException($"row {end} of document {document} has position {positions[end]} after {positions[end - 1]}: positions must ascend");
                }
                before = document;
                yield return new(document, first, end - first);
            }
        }

        public override int PositionOf(int row) => positions[row];

        public override int TokenOf(int row) => tokens?[row] ?? -1;

        private static long Value(Snapshot snapshot, RowId row, string field, int number, long most)
        {
            FieldValue value = snapshot.FieldOf(row, field);
            if (value.Kind != FieldValueKind.Int64 || value.AsInt64() < 0 || value.AsInt64() > most)
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"row {number} has no {field} from 0 to {most}"));
            return value.AsInt64();
        }
    }
}
