using System.Text.Json;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>Finds where two JSON values differ.</summary>
internal static class JsonDifference
{
    /// <summary>Names the first place, as a JSON pointer below a path; none if they are the same.</summary>
    /// <param name="path">Where the values stand.</param>
    /// <param name="one">A value.</param>
    /// <param name="other">Another.</param>
    public static string? Find(string path, ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other)
    {
        using var first = JsonDocument.Parse(one);
        using var second = JsonDocument.Parse(other);
        return Find(path, first.RootElement, second.RootElement);
    }

    private static string? Find(string path, JsonElement one, JsonElement other)
    {
        if (one.ValueKind != other.ValueKind) return path;
        return one.ValueKind switch
        {
            JsonValueKind.Object => FindMember(path, one, other),
            JsonValueKind.Array when one.GetArrayLength() != other.GetArrayLength() => path,
            JsonValueKind.Array => Enumerable.Range(0, one.GetArrayLength())
                .Select(i => Find($"{path}/{i}", one[i], other[i])).FirstOrDefault(place => place is not null),
            _ => JsonElement.DeepEquals(one, other) ? null : path,
        };
    }

    private static string? FindMember(string path, JsonElement one, JsonElement other)
    {
        foreach (var member in one.EnumerateObject())
        {
            string at = $"{path}/{JsonPointer.Escape(member.Name)}";
            if (!other.TryGetProperty(member.Name, out var value)) return at;
            if (Find(at, member.Value, value) is { } place) return place;
        }

        return other.EnumerateObject().Where(member => !one.TryGetProperty(member.Name, out _))
            .Select(member => $"{path}/{JsonPointer.Escape(member.Name)}").FirstOrDefault();
    }
}
