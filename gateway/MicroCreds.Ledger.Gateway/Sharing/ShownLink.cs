using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>A link as its learner sees it.</summary>
/// <param name="Share">The link.</param>
/// <param name="Url">Its address, for the device that made it; others cannot tell it.</param>
/// <param name="LinkedIn">Where it is added to a LinkedIn profile.</param>
public sealed record ShownLink(Share Share, string? Url, string? LinkedIn);
