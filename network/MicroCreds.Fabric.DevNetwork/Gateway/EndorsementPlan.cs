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
    private readonly LinkedList<HashSet<string>> _layouts;
    private readonly List<(string MspId, Endorsement Endorsement)> _endorsements = [];
    private readonly HashSet<string> _asked = [];
    private readonly List<ErrorDetail> _errors = [];

    /// <param name="layouts">The sets of organisations that satisfy the policy, the preferred ones first.</param>
    public EndorsementPlan(IEnumerable<IReadOnlyCollection<string>> layouts) =>
        _layouts = new LinkedList<HashSet<string>>(layouts.Select(layout => layout.ToHashSet()));

    /// <summary>Whether a layout is complete.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The results that every endorsement has signed.</summary>
    public ByteString Results { get; private set; } = ByteString.Empty;

    /// <summary>What the peers that failed have said.</summary>
    public IReadOnlyList<ErrorDetail> Errors => _errors;

    /// <summary>The endorsements of the complete layout, in the order of their arrival.</summary>
    public IEnumerable<Endorsement> Endorsements =>
        _endorsements.Where(entry => _layouts.First!.Value.Contains(entry.MspId)).Select(entry => entry.Endorsement);

    /// <summary>Returns the organisations that the best layout still lacks; none are left if this is empty.</summary>
    public IReadOnlyList<string> NextOrganizations()
    {
        lock (_gate)
        {
            while (_layouts.First is { } layout)
            {
                string[] missing = [.. layout.Value.Where(_asked.Add)];
                if (missing.Length > 0)
                {
                    return missing;
                }

                _layouts.RemoveFirst();
            }

            return [];
        }
    }

    /// <summary>
    /// Takes a peer's endorsement; false if its results differ, so that another peer of the organisation may be asked.
    /// </summary>
    public bool TryAdd(PeerEndorser peer, ProposalResponse response)
    {
        lock (_gate)
        {
            _asked.Add(peer.MspId);
            if (_endorsements.Count == 0)
            {
                Results = response.Payload;
            }
            else if (!Results.Span.SequenceEqual(response.Payload.Span))
            {
                _errors.Add(GatewayErrors.Detail(peer, Mismatch));
                return false;
            }

            _endorsements.Add((peer.MspId, response.Endorsement));
            CompleteIfPossible();
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
            for (var node = _layouts.First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.Contains(mspId))
                {
                    _layouts.Remove(node);
                }

                node = next;
            }
        }
    }

    private void CompleteIfPossible()
    {
        for (var node = _layouts.First; node is not null && !IsComplete; node = node.Next)
        {
            if (node.Value.All(mspId => _endorsements.Exists(entry => entry.MspId == mspId)))
            {
                IsComplete = true;
                _layouts.Remove(node);
                _layouts.AddFirst(node);
            }
        }
    }
}
