using System.Buffers.Text;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Contract;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

/// <summary>The document on the protocol's bytes says what the code writes; its example is a vector's.</summary>
public sealed partial class ProtocolDocumentTests
{
    private const int LabelLength = 12;

    private static readonly string Document =
        File.ReadAllText(Path.Combine(Repository.Root, "chaincode", "docs", "protocol.md"));

    private static readonly Dictionary<string, Type> Records = new()
    {
        [RecordKey.FoundingType] = typeof(Founding),
        [RecordKey.MembersType] = typeof(Members),
        [RecordKey.InstitutionType] = typeof(Institution),
        [RecordKey.IdentityType] = typeof(IdentityClaim),
        [RecordKey.AchievementType] = typeof(Achievement),
        [RecordKey.OfferingType] = typeof(Offering),
        [RecordKey.PathwayType] = typeof(Pathway),
        [RecordKey.IssuanceType] = typeof(Issuance),
        [RecordKey.StatusType] = typeof(Status),
        [RecordKey.ConsortiumType] = typeof(Consortium),
        [RecordKey.BallotType] = typeof(Ballot),
        [RecordKey.AccreditationType] = typeof(Accreditation),
        [RecordKey.AgreementType] = typeof(AgreementPart),
        [RecordKey.WithdrawnApiKeyType] = typeof(WithdrawnApiKey),
    };

    [Fact]
    public void Records_AreAllThere_WithTheirMembers()
    {
        foreach (string kind in ConstantsOf(typeof(RecordKey)))
        {
            string[] cells = CellsOf("Records", kind);
            if (kind == RecordKey.StatusRangeType) Assert.Contains("a JSON string", cells[2], StringComparison.Ordinal);
            else Assert.Equal(MembersOf(Records[kind]), NamesIn(cells[2]));
        }
    }

    [Fact]
    public void Statements_AreAllThere_WithTheirMembers()
    {
        var statements = typeof(IInstitutionStatement).Assembly.GetTypes()
            .Where(type => type.IsClass && type.IsAssignableTo(typeof(IInstitutionStatement)))
            .ToDictionary(type => (string)type.GetField("TypeName")!.GetRawConstantValue()!);
        Assert.NotEmpty(statements);
        statements.Add("scope", typeof(AwardScope));
        statements.Add("clauses", typeof(AgreementClause));
        statements.Add("abroad", typeof(AbroadConsortium));
        foreach (var (name, type) in statements)
            Assert.Equal(MembersOf(type), NamesIn(CellsOf("Statements", name)[1]));
    }

    [Fact]
    public void Errors_AreAllThere_WithTheirStatus()
    {
        var said = RowsOf("Error answers").Skip(2)
            .SelectMany(cells => NamesIn(cells[1]).Select(code => $"{cells[0]} {code}"));
        var known = ConstantsOf(typeof(ErrorCodes)).Select(code => $"{Refusal.Because(code, "x").Status} {code}");
        Assert.Equal(known.Order(StringComparer.Ordinal), said.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Reasons_AreNamed() => Assert.All(
        [.. StatusReason.ForRevocation, .. StatusReason.ForSuspension],
        reason => Assert.Contains($"`{reason}`", Document, StringComparison.Ordinal));

    [Fact]
    public void Example_IsTheVectors()
    {
        string[] said = [.. Document.Split("```text\n")[1].Split("\n```")[0].Split('\n').Select(Labelled)];
        Assert.Equal(ExampleOf("compact-1-ordinary.json").Select(line => $"{line.Label}: {line.Value}"), said);
    }

    private static string Labelled(string line) => $"{line[..LabelLength].TrimEnd()}: {line[LabelLength..]}";

    private static List<(string Label, string Value)> ExampleOf(string vector)
    {
        var given = JsonNode.Parse(File.ReadAllBytes(Path.Combine(
            Repository.Root, "tests", "MicroCreds.Ledger.Tests", "Ledger.Credentials", "Compact", "Vectors", vector)))!;
        var issuance = JsonSerializer.Deserialize<Issuance>(given["issuance"]!.ToJsonString(), LedgerJson.Options)!;
        var signed = new SignedStatement<IssuanceStatement>(issuance.Statement, issuance.Signature);
        string multikey = (string)given["institution"]!["keys"]![0]!["publicKeyMultibase"]!;
        var key = Multikey.Parse(multikey);
        Assert.True(Statements.Verify(signed, new StatementKey(key)));
        byte[] point = key.Bytes.ToArray();
        var document = JsonNode.Parse((string)given["document"]!)!.AsObject();
        var anchor = document["ledgerAnchor"]!;
        document.Remove("proof");
        document.Remove("ledgerAnchor");
        var form = SealedCredential.Of(CanonicalObject.From(document));
        var open = JsonNode.Parse(form.Members.ToArray())!;
        byte[] disclosure = form.Disclosures.Single(
            one => TextOf(one).Contains("\"name\",", StringComparison.Ordinal));
        return
        [
            ("multikey", multikey),
            ("its bytes", "8024" + Convert.ToHexStringLower([(byte)(2 + (point[^1] & 1)), .. point[1..33]])),
            ("statement", Encoding.UTF8.GetString(Statements.BytesToSign(issuance.Statement))),
            ("digest", StatementDigest.Of(issuance.Statement)),
            ("signature", issuance.Signature),
            ("leafSalt", (string)document["leafSalt"]!),
            ("disclosure", TextOf(disclosure)),
            ("digest", SealedCredential.DigestOf(disclosure)),
            ("subject _sd", open["credentialSubject"]!["_sd"]!.ToJsonString()),
            ("_sd", open["_sd"]!.ToJsonString()),
            .. WayUp(CredentialLeaf.Hash(document), anchor),
        ];
    }

    private static string TextOf(byte[] disclosure) => Encoding.UTF8.GetString(Base64Url.DecodeFromUtf8(disclosure));

    /// <summary>The leaf, each step of its path, and the root.</summary>
    private static IEnumerable<(string Label, string Value)> WayUp(byte[] leaf, JsonNode anchor)
    {
        yield return ("leaf", Convert.ToHexStringLower(leaf));
        string[] path = [.. anchor["path"]!.AsArray().Select(one => (string)one!)];
        byte[] node = leaf;
        for (int level = 0; level < path.Length; level++)
        {
            byte[] sibling = Convert.FromHexString(path[level]);
            bool isRight = ((int)anchor["index"]! >> level & 1) == 1;
            node = SHA256.HashData(isRight ? [1, .. sibling, .. node] : [1, .. node, .. sibling]);
            yield return ("path", path[level]);
            yield return (level < path.Length - 1 ? "node" : "root", Convert.ToHexStringLower(node));
        }

        Assert.Equal((string)anchor["root"]!, Convert.ToHexStringLower(node));
    }

    /// <summary>A type's members in JSON, those that may be missing with a question mark, by name.</summary>
    private static IEnumerable<string> MembersOf(Type type)
    {
        var nullability = new NullabilityInfoContext();
        return LedgerJson.Options.GetTypeInfo(type).Properties
            .Where(member => member.Get is not null)
            .Select(member => nullability.Create((PropertyInfo)member.AttributeProvider!).ReadState
                == NullabilityState.Nullable ? member.Name + "?" : member.Name)
            .Order(StringComparer.Ordinal);
    }

    private static IEnumerable<string> NamesIn(string cell) =>
        Name().Matches(cell).Select(match => match.Groups[1].Value + match.Groups[2].Value)
            .Order(StringComparer.Ordinal);

    private static string[] CellsOf(string heading, string name) =>
        Assert.Single(RowsOf(heading), cells => cells[0] == $"`{name}`");

    /// <summary>The cells of the table under a heading, its head included.</summary>
    private static IEnumerable<string[]> RowsOf(string heading) =>
        Document.Split($"\n## {heading}\n")[1].Split("\n## ")[0].Split('\n')
            .Where(line => line.StartsWith('|'))
            .Select(line => line.Split('|')[1..^1].Select(cell => cell.Trim()).ToArray());

    private static IEnumerable<string> ConstantsOf(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral)
            .Select(field => (string)field.GetRawConstantValue()!);

    [GeneratedRegex("`(\\w+)`(\\??)")]
    private static partial Regex Name();
}
