using MicroCreds.Ledger.Gateway.Pages;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>A credential in a learner's list.</summary>
/// <param name="Id">The holding's identifier.</param>
/// <param name="Title">What it is for.</param>
/// <param name="Facts">Whose it is, and since when.</param>
/// <param name="State">As <see cref="OwnStandings"/> has it.</param>
/// <param name="Credits">How many credits it counts.</param>
/// <param name="Badge">What its achievement looks like.</param>
public sealed record HeldCredential(
    string Id, string Title, string Facts, string State, double Credits, ShownBadge? Badge)
{
    /// <summary>Whether it is in force.</summary>
    public bool Stands => State == Model.CredentialState.InForce;

    /// <summary>How the state is coloured.</summary>
    public string Tone => OwnStandings.ToneOf(State);
}
