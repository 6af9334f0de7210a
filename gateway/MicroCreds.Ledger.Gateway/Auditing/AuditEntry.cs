using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Auditing;

/// <summary>
/// One line of the audit log. It names a credential by its place on the ledger, never by what leads to the person, so
/// that nothing is left here of who was erased.
/// </summary>
public sealed record AuditEntry
{
    /// <summary>Its number, counted from 1 without a gap.</summary>
    public required long Number { get; init; }

    /// <summary>When, by the gateway's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>One of <see cref="AuditPhase"/>.</summary>
    public required string Phase { get; init; }

    /// <summary>Who.</summary>
    public required Caller Actor { get; init; }

    /// <summary>What: a fixed code, such as <c>credential.revoke</c>.</summary>
    public required string Action { get; init; }

    /// <summary>On what, such as <c>credential:root.index</c> or <c>batch:id</c>.</summary>
    public string? Subject { get; init; }

    /// <summary>From where: the address that the connection came from.</summary>
    public string? From { get; init; }

    /// <summary>Of an outcome, the number of the attempt.</summary>
    public long? Attempt { get; init; }

    /// <summary>Of an outcome, the HTTP status that was answered.</summary>
    public int? Status { get; init; }

    /// <summary>Of an outcome, the kind of problem.</summary>
    public string? Problem { get; init; }

    /// <summary>The hash of the entry before.</summary>
    public required string Previous { get; init; }

    /// <summary>The entry as it is hashed and kept: canonical JSON (RFC 8785).</summary>
    public string ToCanonicalJson() => Encoding.UTF8.GetString(CanonicalJson.Serialize(this));

    /// <summary>Reads a kept entry; null is what the text "null" says.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static AuditEntry? Parse(string canonical) =>
        JsonSerializer.Deserialize<AuditEntry>(canonical, LedgerJson.Options);

    /// <summary>The hash of a kept entry: SHA-256.</summary>
    public static string HashOf(string canonical) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
}

/// <summary>What an entry tells of.</summary>
public static class AuditPhase
{
    /// <summary>Somebody is about to do it. It is written before anything is done.</summary>
    public const string Attempt = "attempt";

    /// <summary>What became of an attempt. One without an outcome was cut off: the ledger tells.</summary>
    public const string Outcome = "outcome";

    /// <summary>It was done; written in the same transaction.</summary>
    public const string Done = "done";
}

/// <summary>An entry that has no place in the chain yet.</summary>
/// <param name="Phase">One of <see cref="AuditPhase"/>.</param>
/// <param name="Actor">Who.</param>
/// <param name="Action">What.</param>
/// <param name="Subject">On what.</param>
/// <param name="From">From where.</param>
public sealed record AuditDraft(string Phase, Caller Actor, string Action, string? Subject, string? From)
{
    /// <summary>Of an outcome, the number of the attempt.</summary>
    public long? Attempt { get; init; }

    /// <summary>Of an outcome, the HTTP status.</summary>
    public int? Status { get; init; }

    /// <summary>Of an outcome, the kind of problem.</summary>
    public string? Problem { get; init; }
}
