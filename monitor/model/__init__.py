"""The values that travel through the monitor, in the order of their path. Read this first.

One word per idea, from the standard that owns it:

=================  =================================================================================
feed, entry        Atom's words (RSS: channel, item): a polled document, and one element as its
                   publisher states it
validators         ETag and Last-Modified kept verbatim for the next conditional request
poll, fetch,       a pass over due feeds; GET bytes; bytes to entries; judge and fold what is new
parse, assess
article, revision  what stands behind an entry's link (its canonical URL is its identity); one
                   version of its title and text
outlet, camp       the publisher; the interest it speaks for (the beat's list)
first seen,        when an article was first stored; when it first could enter a digest
eligible at
beat, watchlist    a subject with its sides, gate and data; the standing query made of it: terms and
                   entities with points
term, entity,      a word or phrase; a named thing; one written form of either, per language
alias
match              evidence: this alias, in this form, in this field, at this offset
judgement, score,  the verdict on a revision; relevance 0–100; the arithmetic that made it, which
receipt            always sums to the score
gate               the two-sided rule: both sides of the beat must be evidenced
story, lead,       articles about one event; the article that speaks for it; all of them
coverage
embedding, mean    where a model of language places a text, as a vector; what the embeddings of
                   all texts of a language have in common
figure             a quoted number with its unit and its place in the text
commitment,        a promise with actor, deadline and document; a sentence that tells of it being
evidence           kept
voice              articles with one origin: an outlet's own, and its copies under other brands
digest, edition,   a recurring publication; one frozen issue of it; what equal subscribers share;
variant, section   a named group of stories in it
subscriber,        who receives; over what; one edition to one subscriber; deliveries not yet done
transport,
delivery, outbox
due, misfire       APScheduler's words
seed               shipped starting data, taken from documents
=================  =================================================================================

Every value is frozen. Every datetime is aware and in UTC. Countries are ISO 3166-1 alpha-2,
languages ISO 639-1, topics the slugs of ``beat.toml``.
"""

from __future__ import annotations

from monitor.model.claimed import Claims
from monitor.model.collected import (
    Article,
    Entry,
    Feed,
    FeedListing,
    FeedState,
    Finding,
    FindingKind,
    Gap,
    Habits,
    KnownArticle,
    Memory,
    Notice,
    ParsedFeed,
    PollOutcome,
    Recipe,
    SiteRules,
    Validators,
    Wording,
)
from monitor.model.embedded import Embedding, Mean
from monitor.model.judged import (
    Alias,
    Assessment,
    Beat,
    Camp,
    CampCoverage,
    Claim,
    Commitment,
    CommitmentState,
    CommitmentStatus,
    Entity,
    Evidence,
    Figure,
    JudgedArticle,
    Judgement,
    Match,
    Proof,
    ReceiptLine,
    Rival,
    Side,
    Signature,
    Sole,
    StoryCoverage,
    Target,
    Term,
    Topic,
    Trap,
    Voice,
)
from monitor.model.ledger import Account, Contradiction, Lead, Quotation, Statement
from monitor.model.published import (
    Change,
    Coverage,
    Delivery,
    DeliveryOutcome,
    DeliveryState,
    Edition,
    FeedHealth,
    FrozenEdition,
    MachineWords,
    Outline,
    OutlinedPromise,
    OutlinedPromises,
    OutlinedSection,
    OutlinedStory,
    Promises,
    Rendered,
    Schedule,
    Section,
    Standing,
    Story,
    StoryFigure,
    Subscription,
    Trend,
    Trends,
    Verdict,
    Window,
)
from monitor.model.rated import Rated, Rating, Stored

__all__ = [
    "Account",
    "Alias",
    "Article",
    "Assessment",
    "Beat",
    "Camp",
    "CampCoverage",
    "Change",
    "Claim",
    "Claims",
    "Commitment",
    "CommitmentState",
    "CommitmentStatus",
    "Contradiction",
    "Coverage",
    "Delivery",
    "DeliveryOutcome",
    "DeliveryState",
    "Edition",
    "Embedding",
    "Entity",
    "Entry",
    "Evidence",
    "Feed",
    "FeedHealth",
    "FeedListing",
    "FeedState",
    "Figure",
    "Finding",
    "FindingKind",
    "FrozenEdition",
    "Gap",
    "Habits",
    "JudgedArticle",
    "Judgement",
    "KnownArticle",
    "Lead",
    "MachineWords",
    "Match",
    "Mean",
    "Memory",
    "Notice",
    "Outline",
    "OutlinedPromise",
    "OutlinedPromises",
    "OutlinedSection",
    "OutlinedStory",
    "ParsedFeed",
    "PollOutcome",
    "Promises",
    "Proof",
    "Quotation",
    "Rated",
    "Rating",
    "ReceiptLine",
    "Recipe",
    "Rendered",
    "Rival",
    "Schedule",
    "Section",
    "Side",
    "Signature",
    "SiteRules",
    "Sole",
    "Standing",
    "Statement",
    "Stored",
    "Story",
    "StoryCoverage",
    "StoryFigure",
    "Subscription",
    "Target",
    "Term",
    "Topic",
    "Trap",
    "Trend",
    "Trends",
    "Validators",
    "Verdict",
    "Voice",
    "Window",
    "Wording",
]
