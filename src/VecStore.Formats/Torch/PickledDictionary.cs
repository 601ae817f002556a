namespace VecStore.Formats.Torch;

/// <summary>A Python dict or OrderedDict, in the order in which its keys were first set.</summary>
internal sealed class PickledDictionary
{
    private readonly Dictionary<object, int> places = [];
    private readonly List<KeyValuePair<object, object?>> items = [];

    public IReadOnlyList<KeyValuePair<object, object?>> Items => items;

    public object? this[object key]
    {
        get => places.TryGetValue(key, out int place) ? items[place].Value : null;
        set
        {
            if (places.TryAdd(key, items.Count)) items.Add(new(key, value));
            else items[places[key]] = new(key, value);
        }
    }
}
