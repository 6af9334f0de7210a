using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Witnessing;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.CommandLine;
using MicroCreds.Ledger.Tests.Ledger.Contract;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>An institution whose gateway is told to have halves of ML-DSA-44, after it has issued without.</summary>
public sealed class MlDsaTests : IClassFixture<LedgerFixture>, IAsyncLifetime
{
    private const int MaxCredentialBytes = 6 * 1024;

    private static readonly string[] FileNames = ["credential.json", "a.tlog-proof", "trust.json"];

    private readonly string _folder = Directory.CreateTempSubdirectory("ml-dsa-").FullName;
    private readonly LedgerFixture _ledger;
    private GatewayHost _gateway = null!;

    public MlDsaTests(LedgerFixture ledger) => _ledger = ledger;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private LedgerProjection Mirror => _gateway.Services.GetRequiredService<LedgerProjection>();

    private Institution Own => Mirror.Institutions[_gateway.MspId];

    public async ValueTask InitializeAsync()
    {
        _gateway = await GatewayHost.StartAsync(_ledger[LedgerFixture.Aurora]);
        await _gateway.PrepareAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task SwitchedOn_KeysHaveBothHalves_AndSoHasWhatTheySign()
    {
        byte[] before = await _gateway.IssueAsync("Before");
        await SwitchOnAsync();
        var active = Own.IssuerKeys.Single(key => key.RevokedAt is null);
        Assert.All(Own.IssuerKeys.Where(key => key != active), key => Assert.Null(key.MlDsaMultibase));
        byte[] document = await _gateway.IssueAsync("After");
        Assert.Equal("valid", await _gateway.VerdictAsync(before));
        Assert.Equal("valid", await _gateway.VerdictAsync(document));
        Assert.InRange(document.Length, 1, MaxCredentialBytes);
        var issuance = IssuanceOf(document);
        Assert.Equal(active.Id, issuance.Statement.KeyId);
        Assert.True(Statements.Verify(
            new SignedStatement<IssuanceStatement>(issuance.Statement, issuance.Signature), StatementKey.Of(active)));

        await ContractRefusesKeysThatNobodyCountersignedAsync();
        await GatewayRotatesAsync(active);
        await HeadsAreSignedByMlDsaAsync(document);
        await WitnessAnswersBothAsync();

        // Its halves lie beside the keys, and are nobody else's to read.
        string[] halves = Directory.GetFiles(
            _gateway.DataDirectory, "*" + MlDsaHalf.Extension, SearchOption.AllDirectories);
        Assert.Equal(4, halves.Length);
        foreach (string half in halves)
        {
            Assert.True(OperatingSystem.IsWindows()
                || File.GetUnixFileMode(half) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
    }

    /// <summary>As an operator does: the setting, and a start.</summary>
    private async Task SwitchOnAsync()
    {
        _gateway.More = [.. _gateway.More, "MlDsa=own"];
        await _gateway.RestartAsync();
        await Until.TrueAsync(
            () => Task.FromResult(
                KeyRatchet.IsHeld(Mirror.Institutions.GetValueOrDefault(_gateway.MspId)?.Keys ?? [])
                && Own.LogKeys.Any(key => key.MlDsaMultibase is not null)),
            () => "No key has a half of ML-DSA-44.");
    }

    private async Task ContractRefusesKeysThatNobodyCountersignedAsync()
    {
        var member = _gateway.Member;
        using var elliptic = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await RefusedAsync("/statement/mlDsaMultibase", member.SignKey(elliptic, "key-elliptic"));
        using var key = IssuerPrivateKey.Generate();
        var made = IssuerKey.Of(key) with { MlDsa = MlDsaPrivateKey.Generate() };
        await RefusedAsync("/statement/countersignedBy", await SignAsync(made, by: null, made.MlDsa));
        await RefusedAsync("/statement/countersignedBy", await SignAsync(made, "nobody", made.MlDsa));
        string active = Own.IssuerKeys.Single(one => one.RevokedAt is null).Id;
        await RefusedAsync("/statement/countersignedBy", await SignAsync(made, active, made.MlDsa));
        var signed = await SignAsync(made, active, made.MlDsa);
        await Refused.SubmitAsync(
            member.Admin, ErrorCodes.SignatureInvalid, "/signature", TransactionNames.AddKey,
            signed with { Signature = Statements.EncodeSignature(new byte[64]) });

        Task RefusedAsync(string field, SignedStatement<KeyStatement> statement) => Refused.SubmitAsync(
            member.Admin, ErrorCodes.InvalidValue, field, TransactionNames.AddKey, statement);
    }

    private async Task<SignedStatement<KeyStatement>> SignAsync(IssuerKey key, string? by, MlDsaPrivateKey? signer)
    {
        var statement = new KeyStatement
        {
            Ledger = _gateway.Member.Ledger,
            MspId = _gateway.MspId,
            KeyId = key.Id,
            PublicKeyMultibase = key.Signer.PublicKeyMultibase,
            MlDsaMultibase = key.MlDsa?.PublicKey.PublicKeyMultibase,
            CountersignedBy = by,
        };
        byte[] bytes = Statements.BytesToSign(statement);
        byte[] own = await key.SignBytesAsync(bytes);
        return new SignedStatement<KeyStatement>(
            statement, Statements.EncodeSignature(by is null ? own : [.. own, .. signer!.Sign(bytes)]));
    }

    private async Task GatewayRotatesAsync(SigningKey before)
    {
        await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/institution/keys", new { }));
        await Until.TrueAsync(() => Task.FromResult(Newest() != before), () => "No key was registered.");
        Assert.Equal(before.Id, Newest().CountersignedBy);
        await GatewayHost.OkAsync(await _gateway.PostAsync(
            $"/v1/institution/keys/{before.Id}/revocation", new { compromisedSince = (string?)null }));
        byte[] document = await _gateway.IssueAsync("After Rotating");
        Assert.Equal("valid", await _gateway.VerdictAsync(document));
        Assert.Equal(Newest().Id, IssuanceOf(document).Statement.KeyId);
        SigningKey Newest() => Own.IssuerKeys.Last();
    }

    /// <summary>By the command line, whose trust file asks for ML-DSA-44.</summary>
    private async Task HeadsAreSignedByMlDsaAsync(byte[] document)
    {
        string[] files = [.. FileNames.Select(name => Path.Combine(_folder, name))];
        await File.WriteAllBytesAsync(files[0], document, Cancelled);
        string gateway = $"{_gateway.Anyone.BaseAddress}";
        (await MicroCredsProgram.RunAsync(
            "log", "trust", gateway, "--needed", "1", "--ml-dsa", "--out", files[2])).Ends(0);
        (await MicroCredsProgram.RunAsync(
            "log", "prove", files[0], "--gateway", gateway, "--log-trust", files[2], "--out", files[1])).Ends(0);
        var run = (await MicroCredsProgram.RunAsync(
            "verify", files[0], "--proof", files[1], "--log-trust", files[2])).Ends(0);
        Assert.Contains("In force as of", run.Output, StringComparison.Ordinal);
        (await MicroCredsProgram.RunAsync("log", "fsck", "--gateway", gateway, "--log-trust", files[2])).Ends(0);

        var note = SignedNote.Parse(await _gateway.Anyone.GetByteArrayAsync("/log/checkpoint", Cancelled));
        var key = NoteKey.Parse((string)(await LogAsync())["mlDsaMemberKey"]!);
        Assert.True(note.TryOpen([key], out _, out string? fault), fault);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"credential {document.Length} bytes, proof by one member {new FileInfo(files[1]).Length} bytes"));
    }

    /// <summary>A gateway that is a witness, here of its own log.</summary>
    private async Task WitnessAnswersBothAsync()
    {
        string file = Path.Combine(_folder, "logs");
        await File.WriteAllTextAsync(file, $"{(string)(await LogAsync())["verifierKey"]!}\n", Cancelled);
        _gateway.More = [.. _gateway.More, $"WitnessedLogs={file}"];
        await _gateway.RestartAsync();
        var note = SignedNote.Parse(await _gateway.Anyone.GetByteArrayAsync("/log/checkpoint", Cancelled));
        using var body = new ByteArrayContent(new WitnessRequest(0, [], note).ToBytes());
        using var answer = await GatewayHost.OkAsync(
            await _gateway.Anyone.PostAsync("/log/add-checkpoint", body, Cancelled));
        string[] lines = (await answer.Content.ReadAsStringAsync(Cancelled)).TrimEnd('\n').Split('\n');
        var said = await LogAsync();
        NoteKey[] keys =
        [
            NoteKey.Parse((string)said["cosignerKey"]!), NoteKey.Parse((string)said["mlDsaCosignerKey"]!),
        ];
        var cosigned = new SignedNote(note.Text, [.. lines.Select(NoteSignature.Parse)]);
        Assert.True(cosigned.TryOpen(keys, out var opened, out string? fault), fault);
        Assert.Equal(
            [NoteKeyType.Cosignature, NoteKeyType.MlDsaCosignature], opened.Select(one => one.Key.Type));
    }

    private async Task<JsonNode> LogAsync() =>
        JsonNode.Parse(await _gateway.Anyone.GetStringAsync("/v1/log", Cancelled))!;

    private Issuance IssuanceOf(byte[] document)
    {
        var anchor = CredentialReader.Read(document).Anchor;
        return _gateway.Services.GetRequiredService<ProjectedRecords>().FindIssuance(anchor.MspId, anchor.Root)!.Record;
    }
}
