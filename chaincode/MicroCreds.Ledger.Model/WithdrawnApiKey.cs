namespace MicroCreds.Ledger.Model;

/// <summary>
/// Says that an institution's gateway takes an API key no more: so that no older copy of the gateway's data, restored,
/// brings the key back to life. It tells nobody anything about the key.
/// </summary>
/// <param name="MspId">The institution.</param>
/// <param name="Mark">What the key is known by: 64 lower-case hexadecimal digits.</param>
/// <param name="WithdrawnAt">The time of the transaction.</param>
public sealed record WithdrawnApiKey(string MspId, string Mark, DateTimeOffset WithdrawnAt);
