using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MicroCreds.Fabric.Chaincode.Identity;

/// <summary>A subject's or issuer's name in the form that the chaincode library for Go gives identities.</summary>
/// <remarks>
/// That library writes a name by kind, in the order below, joins several values of one kind by a plus, and leaves out
/// kinds it does not know. An identity written to the ledger by Go must read the same here.
/// </remarks>
internal sealed class DistinguishedName
{
    private const string CommonName = "2.5.4.3";
    private const string SerialNumber = "2.5.4.5";
    private const string OrganizationalUnit = "2.5.4.11";

    private static readonly (string Oid, string Name)[] Kinds =
    [
        (SerialNumber, "SERIALNUMBER"), (CommonName, "CN"), (OrganizationalUnit, "OU"), ("2.5.4.10", "O"),
        ("2.5.4.17", "POSTALCODE"), ("2.5.4.9", "STREET"), ("2.5.4.7", "L"), ("2.5.4.8", "ST"), ("2.5.4.6", "C"),
    ];

    private static readonly UniversalTagNumber[] TextTypes =
    [
        UniversalTagNumber.UTF8String, UniversalTagNumber.PrintableString, UniversalTagNumber.IA5String,
        UniversalTagNumber.T61String, UniversalTagNumber.BMPString, UniversalTagNumber.NumericString,
    ];

    private readonly string _text;

    private DistinguishedName(ILookup<string, string> values)
    {
        OrganizationalUnits = [.. values[OrganizationalUnit]];
        _text = string.Join(',', Kinds.Where(kind => values.Contains(kind.Oid)).Select(kind =>
        {
            // There is one common name and one serial number; of several, the last counts.
            var ofKind = kind.Oid is CommonName or SerialNumber ? values[kind.Oid].TakeLast(1) : values[kind.Oid];
            return string.Join('+', ofKind.Select(value => $"{kind.Name}={Escape(value)}"));
        }));
    }

    public IReadOnlyList<string> OrganizationalUnits { get; }

    /// <summary>Reads a name. CAs in Go put values of one kind into one set, which the framework does not take apart.
    /// </summary>
    public static DistinguishedName Read(X500DistinguishedName name)
    {
        var parts = new List<(string Oid, string Value)>();
        var sets = new AsnReader(name.RawData, AsnEncodingRules.BER).ReadSequence();
        while (sets.HasData)
        {
            var set = sets.ReadSetOf(skipSortOrderValidation: true);
            while (set.HasData)
            {
                var part = set.ReadSequence();
                string oid = part.ReadObjectIdentifier();
                if (ReadText(part) is { } text)
                {
                    parts.Add((oid, text));
                }
            }
        }

        return new DistinguishedName(parts.ToLookup(part => part.Oid, part => part.Value));
    }

    /// <summary>Returns the value; null where it is no text, which Go leaves out.</summary>
    private static string? ReadText(AsnReader part)
    {
        var tag = part.PeekTag();
        return tag.TagClass == TagClass.Universal && TextTypes.Contains((UniversalTagNumber)tag.TagValue)
            ? part.ReadCharacterString((UniversalTagNumber)tag.TagValue)
            : null;
    }

    public override string ToString() => _text;

    private static string Escape(string value)
    {
        var escaped = new StringBuilder(value.Length);
        for (int i = 0; i < value.Length; i++)
        {
            bool atEdge = (i == 0 && value[i] is ' ' or '#') || (i == value.Length - 1 && value[i] == ' ');
            if (atEdge || value[i] is ',' or '+' or '"' or '\\' or '<' or '>' or ';')
            {
                escaped.Append('\\');
            }

            escaped.Append(value[i]);
        }

        return escaped.ToString();
    }
}
