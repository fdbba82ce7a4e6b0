"""Which treatments of a sentence were given in the study, and which are told of for another reason.

All sentences are our own; what is expected is what a reader takes from them.
"""

from __future__ import annotations

import re

import pytest

from pipeline.extract.given import not_given

#: sentence (treatments in capitals) → those that were not given in the study
SENTENCES = {
    "Adults refractory to PREDNISONE and IVIG received RITUXIMAB .": {"PREDNISONE", "IVIG"},
    "In patients refractory to PREDNISONE , RITUXIMAB was active .": {"PREDNISONE"},
    "Women unresponsive to METHOTREXATE , SULFASALAZINE or GOLD took LEFLUNOMIDE .": {"METHOTREXATE", "SULFASALAZINE", "GOLD"},
    "After failure of CISPLATIN they were given DOCETAXEL .": {"CISPLATIN"},
    "All had failed CARBAMAZEPINE ; LAMOTRIGINE was added .": {"CARBAMAZEPINE"},
    "PREDNISONE , AZATHIOPRINE and SPLENECTOMY had all failed .": {"PREDNISONE", "AZATHIOPRINE", "SPLENECTOMY"},
    "Patients with an inadequate response to METHOTREXATE were assigned to ETANERCEPT .": {"METHOTREXATE"},
    "Psoriasis not controlled by topical CALCIPOTRIOL was treated with ACITRETIN .": {"CALCIPOTRIOL"},
    "Previous treatments were IRRADIATION in 12 and TAMOXIFEN in 9 .": {"IRRADIATION", "TAMOXIFEN"},
    "Prior therapy : PREDNISONE ( 9 ) , IVIG ( 8 ) , DANAZOL ( 2 ) .": {"PREDNISONE", "IVIG", "DANAZOL"},
    "Previous RITUXIMAB was allowed ; all took FOSTAMATINIB .": {"RITUXIMAB"},
    "Patients with prior therapy were given DASATINIB .": set(),
    "They had already received IMATINIB .": {"IMATINIB"},
    "Of the 90 patients , 40 had been given TACROLIMUS and 50 SIROLIMUS .": set(),
    "Switching to DASATINIB after IMATINIB or NILOTINIB": {"IMATINIB", "NILOTINIB"},
    "Patients were switched from PHENYTOIN to VALPROATE .": {"PHENYTOIN"},
    "SURGERY was offered instead of RADIOTHERAPY .": {"RADIOTHERAPY"},
    "METHOTREXATE - naive patients took METHOTREXATE .": {"METHOTREXATE"},
    "STEROID -free remission was seen with INFLIXIMAB .": {"STEROID"},
    "RETINOL status was recorded before DEXAMETHASONE .": {"RETINOL"},
    "Patients who had had no preoperative RADIOTHERAPY received PACLITAXEL .": {"RADIOTHERAPY"},
    "They were randomised to CISPLATIN with or without RADIOTHERAPY .": set(),
    "CHEMOTHERAPY was given without RADIOTHERAPY .": {"RADIOTHERAPY"},
    "AMOXICILLIN was followed by METRONIDAZOLE , with OMEPRAZOLE throughout .": set(),
}  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES.items(), ids=range(len(SENTENCES)))
def test_treatments_not_given(sentence: str, expected: set[str]) -> None:
    words = sentence.split(" ")
    named = {i for i, word in enumerate(words) if re.fullmatch(r"[A-Z]{4,}", word)}
    found = not_given([word.lower() for word in words], named)
    first = {words[i]: i for i in sorted(named, reverse=True)}
    assert found == {first[name] for name in expected}
