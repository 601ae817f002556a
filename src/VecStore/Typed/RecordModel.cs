using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace VecStore.Typed;

/// <summary>
/// What the attributes of a record type say: key, vector, fields, and how a record is made. Everything by reflection, nothing is generated, so that it runs as native code too.
/// </summary>
/// <typeparam name="TRecord">The record type.</typeparam>
internal sealed class RecordModel<[DynamicallyAccessedMembers(RecordModel.Needed)] TRecord>
    where TRecord : class
{
    private readonly ConstructorInfo _constructor;
    private readonly PropertyInfo?[] _parameters; // the property that each parameter of the constructor is
    private readonly PropertyInfo _key;
    private readonly PropertyInfo _vector;

    public RecordModel(Type keyType)
    {
        PropertyInfo[] properties = typeof(TRecord).GetProperties(BindingFlags.Public | BindingFlags.Instance);
        _key = One<VectorStoreKeyAttribute>(properties, "VectorStoreKey");
        _vector = One<VectorStoreVectorAttribute>(properties, "VectorStoreVector");
        if (_key.PropertyType != keyType) throw Wrong($"has a key of type {_key.PropertyType.Name}, not {keyType.Name}");
        var vector = _vector.GetCustomAttribute<VectorStoreVectorAttribute>()!;
        if (_vector.PropertyType != typeof(ReadOnlyMemory<float>) && _vector.PropertyType != typeof(float[]) && _vector.PropertyType != typeof(string))
            throw Wrong($"has a vector {_vector.Name} of type {_vector.PropertyType.Name}; allowed are ReadOnlyMemory<float>, float[] and, for a text that is embedded, string");
        Fields = [.. properties
            .Select(property => (Property: property, Data: property.GetCustomAttribute<VectorStoreDataAttribute>()))
            .Where(pair => pair.Data is not null)
            .Select(pair => RecordProperty.Of(pair.Property, pair.Data!.StorageName ?? pair.Property.Name))];
        if (Fields.GroupBy(field => field.Field).FirstOrDefault(group => group.Count() > 1) is { } twice) throw Wrong($"has two properties for the field \"{twice.Key}\"");
        Schema = new CollectionSchema(vector.Dimensions)
        {
            Metric = MetricOf(vector.DistanceFunction),
            ElementType = vector.ElementType,
            KeyKind = RecordKey.KindOf(keyType),
            Fields = [.. Fields.Select(field => new FieldSchema(field.Field, field.Type))],
        };
        (_constructor, _parameters) = Constructor(properties);
    }

    public CollectionSchema Schema { get; }

    public IReadOnlyList<RecordProperty> Fields { get; }

    public PropertyInfo KeyProperty => _key;

    public PropertyInfo VectorProperty => _vector;

    /// <summary>True when the vector is computed from the property's text by somebody else.</summary>
    public bool VectorIsText => _vector.PropertyType == typeof(string);

    public object KeyOf(TRecord record) => _key.GetValue(record) ?? throw new ArgumentException($"The key {_key.Name} of a {typeof(TRecord).Name} is null.", nameof(record));

    public ReadOnlyMemory<float> VectorOf(TRecord record) => _vector.GetValue(record) switch
    {
        ReadOnlyMemory<float> memory => memory,
        float[] array => array,
        string => throw new InvalidOperationException(
            $"The vector {_vector.Name} of {typeof(TRecord).Name} is a text: upsert it with its vector, or through whatever has an embedding generator."),
        _ => throw new ArgumentException($"The vector {_vector.Name} of a {typeof(TRecord).Name} is null.", nameof(record)),
    };

    public string TextOf(TRecord record) => VectorIsText
        ? (string?)_vector.GetValue(record) ?? throw new ArgumentException($"The text {_vector.Name} of a {typeof(TRecord).Name} is null.", nameof(record))
        : throw new InvalidOperationException($"The vector {_vector.Name} of {typeof(TRecord).Name} is no text: it is stored as it is.");

    public FieldValues FieldsOf(TRecord record)
    {
        var values = new FieldValues();
        foreach (RecordProperty field in Fields)
        {
            FieldValue value = field.Read(record);
            if (!value.IsAbsent) values[field.Field] = value;
        }

        return values;
    }

    /// <summary>Makes a record. A property whose field the row lacks has its type's default; without a vector so has the vector.</summary>
    public TRecord Make(object key, float[]? vector, Func<string, FieldValue> read)
    {
        object? ValueOf(PropertyInfo property)
        {
            if (property == _key) return key;
            if (property == _vector) return vector is null || VectorIsText ? null : property.PropertyType == typeof(float[]) ? vector : (object)new ReadOnlyMemory<float>(vector);
            RecordProperty? field = Fields.FirstOrDefault(field => field.Property == property);
            return field?.FromField(read(field.Field));
        }

        object?[] arguments = [.. _parameters.Select(property => property is null ? null : ValueOf(property))];
        var record = (TRecord)_constructor.Invoke(arguments); // null for a value type is its default
        foreach (PropertyInfo property in Fields.Select(field => field.Property).Prepend(_vector).Prepend(_key))
        {
            if (!property.CanWrite || _parameters.Contains(property)) continue;
            if (ValueOf(property) is { } value) property.SetValue(record, value);
        }

        return record;
    }

    // Without parameters if there is one; otherwise the one whose parameters are all properties, as of a positional record.
    private (ConstructorInfo Constructor, PropertyInfo?[] Parameters) Constructor(PropertyInfo[] properties)
    {
        ConstructorInfo[] all = typeof(TRecord).GetConstructors();
        ConstructorInfo? plain = Array.Find(all, constructor => constructor.GetParameters().Length == 0);
        PropertyInfo[] needed = [_key, .. Fields.Select(field => field.Property), .. VectorIsText ? (PropertyInfo[])[] : [_vector]];
        if (plain is not null)
        {
            if (needed.FirstOrDefault(property => !property.CanWrite) is { } readOnly) throw Wrong($"has a property {readOnly.Name} that cannot be set");
            return (plain, []);
        }

        foreach (ConstructorInfo constructor in all.OrderByDescending(constructor => constructor.GetParameters().Length))
        {
            PropertyInfo?[] parameters = [.. constructor.GetParameters().Select(parameter => Array.Find(properties, property =>
                property.PropertyType == parameter.ParameterType && string.Equals(property.Name, parameter.Name, StringComparison.OrdinalIgnoreCase)))];
            if (parameters.All(property => property is not null) && needed.All(property => property.CanWrite || parameters.Contains(property))) return (constructor, parameters);
        }

        throw Wrong("has no public constructor without parameters, and none whose parameters are its properties");
    }

    private static PropertyInfo One<TAttribute>(PropertyInfo[] properties, string attribute)
        where TAttribute : Attribute
    {
        PropertyInfo[] marked = [.. properties.Where(property => property.IsDefined(typeof(TAttribute)))];
        return marked.Length == 1 ? marked[0] : throw Wrong($"has {marked.Length} properties with [{attribute}]; exactly one is needed");
    }

    private static Metric MetricOf(string? function) => function switch
    {
        null or DistanceFunction.CosineSimilarity => Metric.Cosine,
        DistanceFunction.DotProductSimilarity => Metric.Dot,
        DistanceFunction.EuclideanDistance => Metric.Euclidean,
        _ => throw Wrong($"asks for the distance function {function}; there are CosineSimilarity, DotProductSimilarity and EuclideanDistance"),
    };

    private static ArgumentException Wrong(string what) => new($"The record type {typeof(TRecord).Name} {what}.");
}

/// <summary>What a record type must keep when a program is trimmed.</summary>
internal static class RecordModel
{
    public const DynamicallyAccessedMemberTypes Needed = DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicConstructors;
}
