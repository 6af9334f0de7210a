using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Exposing;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Witnessing;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Attesting;

/// <summary>
/// Cosigns the heads of logs that the settings name, each only if it holds all that was cosigned of its log before
/// (C2SP tlog-witness). What was cosigned last is kept in the store before anybody gets it. A log that signs two heads
/// of one size is exposed by a file. Thread-safe.
/// </summary>
public sealed class LogWitness(
    GatewayStore store, WitnessedLogs logs, LogHeads heads, MemberFaces faces, TimeProvider time)
{
    private const string SettingPrefix = "cosigned-head:";

    /// <summary>What verifies its cosignatures; none if it makes none.</summary>
    public NoteKey? CosignerKey => Signer?.Key;

    /// <summary>What verifies its cosignatures of ML-DSA-44; none if it makes none.</summary>
    public NoteKey? MlDsaCosignerKey => MlDsaSigner?.Key;

    private string Name => $"{heads.MemberName}/witness";

    private NoteSigner? Signer => logs.Cosigner?.For(Name, NoteKeyType.Cosignature);

    private NoteSigner? MlDsaSigner => logs.Cosigner?.ForMlDsa(Name, NoteKeyType.MlDsaCosignature);

    /// <summary>Answers a log's request for a cosignature.</summary>
    public async Task<WitnessAnswer> AnswerAsync(byte[] body, CancellationToken cancellationToken)
    {
        WitnessRequest request;
        LogHead head;
        try
        {
            request = WitnessRequest.Parse(body);
            head = LogHead.Parse(request.Checkpoint.Text);
        }
        catch (FormatException exception)
        {
            return new WitnessAnswer(StatusCodes.Status400BadRequest, exception.Message);
        }

        var known = logs.KeysOf(head.Origin);
        if (known.Count == 0 || Signer is not { } signer)
        {
            return new WitnessAnswer(
                StatusCodes.Status404NotFound, "This gateway is not a witness of that log.");
        }

        if (!request.Checkpoint.TryOpen(known, out var opened, out string? fault))
            return new WitnessAnswer(StatusCodes.Status403Forbidden, fault!);
        if (FindBefore(head.Origin) is { } before)
        {
            foreach (var one in opened) await faces.KeepAsync(TwoFaces.Find(one.Key, before, request.Checkpoint));
        }

        while (true)
        {
            // A smaller head with a later time than a larger one would be a lie of the witness's own.
            var now = time.GetUtcNow();
            var last = FindBefore(head.Origin)?.SignedAt(signer.Key);
            var signedAt = last > now ? last.Value : now;
            string text = request.Checkpoint.Text;
            var cosigned = new SignedNote(
                text,
                [.. opened.Select(one => one.Signature), await signer.SignAsync(text, signedAt, cancellationToken)]);
            if (MlDsaSigner is { } mlDsa)
                cosigned = cosigned.With(await mlDsa.SignAsync(text, signedAt, cancellationToken));
            if (await store.Database.WriteAsync(connection => Keep(connection, request, head, cosigned, signer.Key))
                is { } answer)
                return answer;
        }
    }

    private SignedNote? FindBefore(string origin) =>
        store.ReadText(SettingOf(origin)) is { } kept ? SignedNote.Parse(Encoding.UTF8.GetBytes(kept)) : null;

    private static string SettingOf(string origin) =>
        SettingPrefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin)));

    /// <summary>Finds the head that was cosigned last of a log.</summary>
    /// <param name="originHash">The SHA-256 of the log's name in lower-case hexadecimal digits.</param>
    public string? Find(string originHash) => store.ReadText(SettingPrefix + originHash);

    // Judged and kept where nobody else writes: of two requests at once the second sees what the first left. None if
    // another head was signed meanwhile with a later time.
    private static WitnessAnswer? Keep(
        DbConnection connection, WitnessRequest request, LogHead head, SignedNote cosigned, NoteKey key)
    {
        string name = SettingOf(head.Origin);
        var kept = GatewayStore.ReadSetting(connection, name) is { } bytes ? SignedNote.Parse(bytes) : null;
        var before = kept is null ? null : LogHead.Parse(kept.Text);
        switch (WitnessRule.Judge(request, head, before))
        {
            case WitnessVerdict.Cosign:
                if (kept?.SignedAt(key) > cosigned.SignedAt(key)) return null;
                GatewayStore.WriteSetting(connection, name, cosigned.ToBytes());
                return new WitnessAnswer(
                    StatusCodes.Status200OK,
                    string.Concat(cosigned.Signatures.Where(one => one.Name == key.Name)));
            case WitnessVerdict.OldSizeTooLarge:
                return new WitnessAnswer(
                    StatusCodes.Status400BadRequest, "The old size is larger than that of the checkpoint.");
            case WitnessVerdict.OtherSize or WitnessVerdict.OtherRoot:
                return new WitnessAnswer(
                    StatusCodes.Status409Conflict,
                    string.Create(CultureInfo.InvariantCulture, $"{before?.Size ?? 0}\n"), "text/x.tlog.size");
            default:
                return new WitnessAnswer(
                    StatusCodes.Status422UnprocessableEntity,
                    "The checkpoint does not hold what was cosigned of this log before, or no proof shows it.");
        }
    }
}

/// <summary>What a witness answers.</summary>
/// <param name="Status">The status that tlog-witness has for it.</param>
/// <param name="Body">The cosignature's line, the size that was cosigned last, or what is wrong.</param>
/// <param name="MediaType">The body's media type. Default is plain text.</param>
public sealed record WitnessAnswer(int Status, string Body, string MediaType = "text/plain; charset=utf-8");
