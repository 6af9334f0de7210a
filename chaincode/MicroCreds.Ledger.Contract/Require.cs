using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>Refuses values that a field may not have; each refusal says what may stand there.</summary>
internal static class Require
{
    private const string UuidForm = "00000000-0000-0000-0000-000000000000";
    private const string UuidPrefix = "urn:uuid:";

    /// <summary>A title, name or sentence: not blank, no control characters.</summary>
    public static void Text([NotNull] string? text, string field, int maxLength = Limits.MaxNameLength)
    {
        Refuse(ValueRules.Text(text, field, maxLength), text);
    }

    /// <summary>A text that may be absent, but not blank.</summary>
    public static void OptionalText(string? text, string field, int maxLength = Limits.MaxNameLength)
    {
        if (text is not null) Text(text, field, maxLength);
    }

    /// <summary>An achievement's identifier: lower-case letters, digits and inner hyphens.</summary>
    public static void Id([NotNull] string? id, string field)
    {
        Refuse(ValueRules.Id(id, field), id);
    }

    /// <summary>The name of an agreement or a ballot, which holds its owner.</summary>
    public static void OwnedId([NotNull] string? id, string field)
    {
        Refuse(OwnedName.Check(id, field), id);
    }

    /// <summary>The name of an agreement or a ballot that the institution itself gives.</summary>
    public static void OwnId([NotNull] string? id, string owner, string field)
    {
        OwnedId(id, field);
        if (OwnedName.OwnerOf(id) != owner)
        {
            throw Invalid(
                field, $"must begin with {owner} and a dot: names of other institutions are theirs alone to give.");
        }
    }

    /// <summary>The name of a key or a status list: letters, digits, and hyphen, dot, underscore within.</summary>
    public static void Fragment([NotNull] string? name, string field)
    {
        Text(name, field, Limits.MaxIdLength);
        if (!char.IsAsciiLetterOrDigit(name[0])
            || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_'))
        {
            throw Invalid(field, "must be of letters, digits, hyphens, dots and underscores, such as key-1.");
        }
    }

    /// <summary>An MSP's identifier, of which Fabric asks little: nothing that a key cannot hold.</summary>
    public static void MspId([NotNull] string? mspId, string field)
    {
        if (mspId?.Contains("\U0010FFFF", StringComparison.Ordinal) == true)
        {
            throw Invalid(field, "holds U+10FFFF, which the ledger's keys cannot: leave it out.");
        }

        Text(mspId, field);
    }

    /// <summary>A Merkle root: 64 lower-case hexadecimal digits.</summary>
    public static void Root([NotNull] string? root, string field)
    {
        if (root is not { Length: 2 * MerkleTree.HashLength } || !root.All(char.IsAsciiHexDigitLower))
        {
            throw Invalid(field, "must be a SHA-256 Merkle root in 64 lower-case hexadecimal digits.");
        }
    }

    /// <summary>A SHA-256: 64 lower-case hexadecimal digits.</summary>
    public static void Digest([NotNull] string? digest, string field)
    {
        if (digest is not { Length: 2 * MerkleTree.HashLength } || !digest.All(char.IsAsciiHexDigitLower))
            throw Invalid(field, "must be a SHA-256 in 64 lower-case hexadecimal digits.");
    }

    /// <summary>A whole number within bounds.</summary>
    public static void Range(int number, string field, int min, int max)
    {
        if (ValueRules.Range(number, field, min, max) is { } fault) throw Because(fault);
    }

    /// <summary>A number within bounds.</summary>
    public static void Range(double number, string field, double min, double max)
    {
        if (ValueRules.Range(number, field, min, max) is { } fault) throw Because(fault);
    }

    /// <summary>The number of a list's items.</summary>
    public static void Count<T>([NotNull] IReadOnlyCollection<T>? items, string field, int min, int max)
    {
        Refuse(ValueRules.Count(items, field, min, max), items);
    }

    /// <summary>An absolute web address.</summary>
    public static void Url([NotNull] string? url, string field, bool allowHttp = false)
    {
        Refuse(ValueRules.Url(url, field, allowHttp), url);
    }

    /// <summary>A decentralised identifier, without path, query or fragment.</summary>
    public static void Did([NotNull] string? did, string field)
    {
        Text(did, field, Limits.MaxUrlLength);
        string[] parts = did.Split(':');
        if (parts.Length < 3 || parts[0] != "did" || parts.Any(p => p.Length == 0)
            || !parts[1].All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
            || !did.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '.' or '-' or '_' or '%'))
        {
            throw Invalid(field, "must be a DID such as did:web:university.example.");
        }

        if (parts[1] == "web") WebDid(parts, field);
    }

    /// <summary>
    /// The one form of a did:web: what the web takes for the same must be the same here, or two could claim it.
    /// </summary>
    private static void WebDid(string[] parts, string field)
    {
        string[] address = parts[2].Split("%3A");
        string[] labels = address[0].Split('.');
        if (address[0].Any(c => !(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-'))
            || labels.Length < 2 || labels.Any(label => label.Length == 0 || label[0] == '-' || label[^1] == '-'))
        {
            throw Invalid(field, "must have its host in lower case, with no dot at its end, and a port behind %3A.");
        }

        if (address.Length > 2 || (address.Length == 2 && !IsPort(address[1])))
            throw Invalid(field, "must have a port in digits behind %3A, and none where it is 443.");

        if (parts.Skip(3).Any(part => part.Contains('%') || part is "." or ".."))
            throw Invalid(field, "must have its path in letters, digits, hyphens, dots and underscores.");
    }

    private static bool IsPort(string text) =>
        text.Length is >= 1 and <= 5 && text[0] != '0' && text.All(char.IsAsciiDigit)
        && int.Parse(text, CultureInfo.InvariantCulture) <= ushort.MaxValue && text != "443";

    /// <summary>A country by ISO 3166-1 alpha-2.</summary>
    public static void Country([NotNull] string? country, string field)
    {
        if (country is not { Length: 2 } || !country.All(char.IsAsciiLetterUpper))
        {
            throw Invalid(field, "must be the two upper-case letters of ISO 3166-1, such as FI.");
        }
    }

    /// <summary>A language by BCP 47.</summary>
    public static void Language([NotNull] string? language, string field)
    {
        Refuse(ValueRules.Language(language, field), language);
    }

    /// <summary>A credential's identifier: a random UUID, which says nothing of the person.</summary>
    public static void CredentialId([NotNull] string? id, string field)
    {
        Text(id, field);
        bool fits = id.Length == UuidPrefix.Length + UuidForm.Length
            && id.StartsWith(UuidPrefix, StringComparison.Ordinal)
            && id.Skip(UuidPrefix.Length).Zip(UuidForm)
                .All(c => c.Second == '-' ? c.First == '-' : char.IsAsciiHexDigitLower(c.First));
        if (!fits) throw Invalid(field, "must be urn:uuid: and a UUID in lower case.");
    }

    /// <summary>A value that a fixed list holds.</summary>
    public static void OneOf([NotNull] string? value, string field, IReadOnlyList<string> values)
    {
        Refuse(ValueRules.OneOf(value, field, values), value);
    }

    /// <summary>A refusal of the value at a place.</summary>
    public static ChaincodeException Invalid(string field, string rule) =>
        Refusal.Because(ErrorCodes.InvalidValue, $"{field} {rule}", field);

    /// <summary>Throws a fault; without one the value, which the rule has seen, is there.</summary>
    private static void Refuse(LedgerError? fault, [NotNull] object? value)
    {
        if (fault is not null) throw Because(fault);

        ArgumentNullException.ThrowIfNull(value);
    }

    private static ChaincodeException Because(LedgerError fault) =>
        Refusal.Because(fault.Code, fault.Message, fault.Field);
}
