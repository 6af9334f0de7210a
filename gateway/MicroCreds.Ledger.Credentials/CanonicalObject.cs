using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// A JSON object in canonical form (RFC 8785), kept member by member: views of one document with and without its proof
/// or anchor share their bytes, and nothing is made canonical twice. Immutable.
/// </summary>
internal sealed class CanonicalObject
{
    /// <summary>The object without members.</summary>
    public static readonly CanonicalObject Empty = new([]);

    private const int UsualMembers = 16;

    // Sorted by UTF-16 code units, as the canonical form asks.
    private readonly ImmutableArray<Member> _members;

    private CanonicalObject(ImmutableArray<Member> members) => _members = members;

    /// <summary>The canonical value of a member, if there is one of that name.</summary>
    public ReadOnlyMemory<byte>? this[string name] =>
        Find(name) is var index and >= 0 ? _members[index].Value : default(ReadOnlyMemory<byte>?);

    /// <summary>The members' names, in their order.</summary>
    public IEnumerable<string> Names => _members.Select(member => member.Name);

    /// <summary>Makes an object canonical.</summary>
    /// <param name="element">The object.</param>
    /// <param name="except">The members to leave out.</param>
    /// <exception cref="FormatException">A name stands twice.</exception>
    public static CanonicalObject From(JsonElement element, params ReadOnlySpan<string> except)
    {
        var members = new Member[element.GetPropertyCount()];
        int count = 0;
        foreach (var property in element.EnumerateObject())
        {
            if (!except.Contains(property.Name))
                members[count++] = new Member(property.Name, CanonicalJson.Canonicalize(property.Value));
        }

        return Sorted(members, count);
    }

    /// <summary>Makes an object canonical.</summary>
    public static CanonicalObject From(JsonObject source)
    {
        var members = new Member[source.Count];
        int count = 0;
        foreach (var (name, value) in source)
        {
            members[count++] = new Member(
                name, value is null ? "null"u8.ToArray() : CanonicalJson.Canonicalize(value));
        }

        return Sorted(members, count);
    }

    /// <summary>Takes the members out of a document whose text is canonical as it stands.</summary>
    /// <param name="element">The object.</param>
    /// <param name="text">The text that the document was parsed from.</param>
    /// <param name="except">The members to leave out.</param>
    public static CanonicalObject From(
        JsonElement element, ReadOnlyMemory<byte> text, params ReadOnlySpan<string> except)
    {
        var members = new Member[element.GetPropertyCount()];
        int count = 0;
        foreach (var property in element.EnumerateObject())
        {
            if (except.Contains(property.Name)) continue;
            var value = JsonMarshal.GetRawUtf8Value(property.Value);
            if (!text.Span.Overlaps(value, out int start))
                throw new FormatException("A document must be parsed from the text that goes with it.");
            members[count++] = new Member(property.Name, text.Slice(start, value.Length));
        }

        return Sorted(members, count);
    }

    /// <summary>Splits what is canonical already, and does not check that it is.</summary>
    /// <exception cref="FormatException">It is no JSON object.</exception>
    public static CanonicalObject Split(ReadOnlyMemory<byte> canonical)
    {
        var members = new Member[UsualMembers];
        int count = 0;
        try
        {
            var reader = new Utf8JsonReader(canonical.Span);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw new FormatException("A credential is a JSON object.");

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                reader.Read();
                int start = checked((int)reader.TokenStartIndex);
                reader.Skip();
                if (count == members.Length) Array.Resize(ref members, 2 * count);
                members[count++] = new Member(name, canonical[start..checked((int)reader.BytesConsumed)]);
            }
        }
        catch (JsonException e)
        {
            throw new FormatException("A stored credential is not JSON any more.", e);
        }

        return Sorted(members, count);
    }

    /// <summary>Gives this object with a member added or replaced.</summary>
    /// <param name="name">The member's name.</param>
    /// <param name="value">Its value, canonical.</param>
    public CanonicalObject With(string name, ReadOnlyMemory<byte> value)
    {
        int index = Find(name);
        return new CanonicalObject(index >= 0
            ? _members.SetItem(index, new Member(name, value))
            : _members.Insert(~index, new Member(name, value)));
    }

    /// <summary>Gives this object with several members added or replaced, by one copy.</summary>
    /// <param name="members">Their names and canonical values.</param>
    public CanonicalObject WithAll(params ReadOnlySpan<(string Name, ReadOnlyMemory<byte> Value)> members)
    {
        var all = new Member[_members.Length + members.Length];
        _members.CopyTo(all);
        int count = _members.Length;
        foreach (var (name, value) in members)
        {
            int index = Find(all.AsSpan(0, count), name);
            if (index < 0)
            {
                index = ~index;
                all.AsSpan(index, count++ - index).CopyTo(all.AsSpan(index + 1));
            }

            all[index] = new Member(name, value);
        }

        if (count < all.Length) Array.Resize(ref all, count);
        return new CanonicalObject(ImmutableCollectionsMarshal.AsImmutableArray(all));
    }

    /// <summary>Gives this object with a string member added or replaced.</summary>
    public CanonicalObject With(string name, string value) =>
        With(name, CanonicalJson.OfText(value));

    /// <summary>Gives this object with members of another one added or replaced.</summary>
    /// <exception cref="FormatException">The other one lacks one of them.</exception>
    public CanonicalObject With(CanonicalObject other, params ReadOnlySpan<string> names)
    {
        var result = this;
        foreach (string name in names)
            result = result.With(name, other[name] ?? throw new FormatException($"The member {name} is missing."));
        return result;
    }

    /// <summary>Gives this object without a member.</summary>
    public CanonicalObject Without(string name) =>
        Find(name) is var index and >= 0 ? new CanonicalObject(_members.RemoveAt(index)) : this;

    /// <summary>Gives this object with the members that a name is right for.</summary>
    public CanonicalObject Where(Func<string, bool> isKept) =>
        new(_members.RemoveAll(member => !isKept(member.Name)));

    /// <summary>Writes the canonical bytes.</summary>
    public byte[] ToArray()
    {
        int length = 2 + Math.Max(0, _members.Length - 1);
        foreach (var member in _members) length += member.QuotedName.Length + 1 + member.Value.Length;

        byte[] bytes = new byte[length];
        int at = 0;
        bytes[at++] = (byte)'{';
        foreach (var member in _members)
        {
            if (at > 1) bytes[at++] = (byte)',';
            member.QuotedName.CopyTo(bytes, at);
            at += member.QuotedName.Length;
            bytes[at++] = (byte)':';
            member.Value.Span.CopyTo(bytes.AsSpan(at));
            at += member.Value.Length;
        }

        bytes[at] = (byte)'}';
        return bytes;
    }

    // What was canonical is sorted already.
    private static CanonicalObject Sorted(Member[] members, int count)
    {
        if (count < members.Length) Array.Resize(ref members, count);
        if (!Rises(members))
        {
            Array.Sort(members, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
            if (!Rises(members))
                throw new FormatException("A member's name stands twice: which value is meant cannot be known.");
        }

        return new CanonicalObject(ImmutableCollectionsMarshal.AsImmutableArray(members));
    }

    private static bool Rises(ReadOnlySpan<Member> members)
    {
        for (int i = 1; i < members.Length; i++)
        {
            if (string.CompareOrdinal(members[i - 1].Name, members[i].Name) >= 0) return false;
        }

        return true;
    }

    // Objects have a dozen members: looking at each is quicker than anything cleverer.
    private static int Find(ReadOnlySpan<Member> members, string name)
    {
        for (int i = 0; i < members.Length; i++)
        {
            int order = string.CompareOrdinal(members[i].Name, name);
            if (order == 0) return i;
            if (order > 0) return ~i;
        }

        return ~members.Length;
    }

    private int Find(string name) => Find(_members.AsSpan(), name);

    private readonly struct Member(string name, ReadOnlyMemory<byte> value)
    {
        public string Name { get; } = name;

        public byte[] QuotedName { get; } = QuotedNames.Of(name);

        public ReadOnlyMemory<byte> Value { get; } = value;
    }
}
