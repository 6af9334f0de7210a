namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>How new credentials name our own JSON-LD context.</summary>
public enum OwnContext
{
    /// <summary>By its address at this gateway, with its digest: the proof covers both.</summary>
    Published,

    /// <summary>
    /// Inline, as gateways of before write and read it; the leaf covers it, and others' verifiers do not see a change.
    /// </summary>
    Inline,
}
