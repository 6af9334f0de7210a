using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Endorser;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.DevNetwork.Gateway;

/// <summary>
/// Collects endorsements until one of several layouts, each a set of organisations, is complete. Thread-safe.
/// </summary>
internal sealed class EndorsementPlan
{
    /// <summary>What the detail says of a peer whose results are not those of the first.</summary>
    public const string Mismatch = "ProposalResponsePayloads do not match";

    private readonly Lock _gate = new();
    private readonly OrganizationIndex _organizations;
    private readonly List<(ulong Organization, Endorsement Endorsement)> _endorsements = [];
    private IReadOnlyList<ulong> _layouts;
    private ulong _asked;
    private ulong _endorsed;
    private ulong? _complete;
    private readonly List<ErrorDetail> _errors = [];

    /// <param name="organizations">The organisations.</param>
    /// <param name="layouts">The sets of them that satisfy the policy, the preferred ones first.</param>
    public EndorsementPlan(OrganizationIndex organizations, IReadOnlyList<ulong> layouts) =>
        (_organizations, _layouts) = (organizations, layouts);

    /// <summary>Whether a layout is complete.</summary>
    public bool IsComplete => _complete is not null;

    /// <summary>The results that every endorsement has signed.</summary>
    public ByteString Results { get; private set; } = ByteString.Empty;

    /// <summary>What the peers that failed have said.</summary>
    public IReadOnlyList<ErrorDetail> Errors => _errors;

    /// <summary>The endorsements of the complete layout, in the order of their arrival.</summary>
    public IEnumerable<Endorsement> Endorsements =>
        _endorsements.Where(entry => (entry.Organization & _complete) != 0).Select(entry => entry.Endorsement);

    /// <summary>Returns the organisations that the best layout still lacks; none are left if this is empty.</summary>
    public IReadOnlyList<string> NextOrganizations()
    {
        lock (_gate)
        {
            ulong missing = _layouts.Select(layout => layout & ~_asked).FirstOrDefault(lacking => lacking != 0);
            _asked |= missing;
            return _organizations.In(missing);
        }
    }

    /// <summary>
    /// Takes a peer's endorsement; false if its results differ, so that another peer of the organisation may be asked.
    /// </summary>
    public bool TryAdd(PeerEndorser peer, ProposalResponse response)
    {
        lock (_gate)
        {
            ulong organization = _organizations.SetOf(peer.MspId);
            _asked |= organization;
            if (_endorsements.Count == 0)
            {
                Results = response.Payload;
            }
            else if (!Results.Span.SequenceEqual(response.Payload.Span))
            {
                _errors.Add(GatewayErrors.Detail(peer, Mismatch));
                return false;
            }

            _endorsements.Add((organization, response.Endorsement));
            _endorsed |= organization;
            _complete ??= _layouts.Where(layout => (layout & ~_endorsed) == 0).Select(layout => (ulong?)layout)
                .FirstOrDefault();
            return true;
        }
    }

    /// <summary>Notes what a peer that failed has said.</summary>
    public void AddError(ErrorDetail error)
    {
        lock (_gate)
        {
            _errors.Add(error);
        }
    }

    /// <summary>Gives up every layout that needs this organisation: none of its peers endorses.</summary>
    public void Abandon(string mspId)
    {
        lock (_gate)
        {
            ulong organization = _organizations.SetOf(mspId);
            _layouts = [.. _layouts.Where(layout => (layout & organization) == 0)];
        }
    }
}
