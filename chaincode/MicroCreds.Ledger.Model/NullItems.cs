using System.Collections;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace MicroCreds.Ledger.Model;

/// <summary>
/// Refuses null among the items of a list: no record has such, and the serializer lets it pass, whatever the list's
/// type says.
/// </summary>
public static class NullItems
{
    /// <summary>Looks through JSON that is to become a record.</summary>
    /// <param name="value">The JSON.</param>
    /// <param name="type">The record's type.</param>
    /// <exception cref="StrictJsonException">There is null where an item belongs; the path names the place.</exception>
    public static void Refuse(JsonElement value, Type type)
    {
        if (JsonMarshal.GetRawUtf8Value(value).IndexOf("null"u8) >= 0) Walk(value, type, "");
    }

    private static void Walk(JsonElement value, Type type, string place)
    {
        if (value.ValueKind == JsonValueKind.Array && ItemOf(type) is { } item)
        {
            int i = 0;
            foreach (var one in value.EnumerateArray())
            {
                string at = $"{place}/{i++}";
                if (one.ValueKind == JsonValueKind.Null && !item.IsValueType)
                    throw new StrictJsonException(at, "There is null where an item belongs: leave it out.");
                Walk(one, item, at);
            }
        }
        else if (value.ValueKind == JsonValueKind.Object
            && LedgerJson.Options.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object } info)
        {
            foreach (var member in value.EnumerateObject())
            {
                if (info.Properties.FirstOrDefault(one => one.Name == member.Name) is { } property)
                    Walk(member.Value, property.PropertyType, $"{place}/{JsonPointer.Escape(member.Name)}");
            }
        }
    }

    private static Type? ItemOf(Type type) =>
        type.IsArray ? type.GetElementType()
        : type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) && type.GetGenericArguments() is [var only]
            ? only : null;
}
